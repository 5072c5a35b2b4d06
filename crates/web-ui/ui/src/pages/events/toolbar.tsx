// What stands above the list of events: whether it is live, how many there are, and what can be done with it.

import { useState } from "preact/hooks";
import { exportAddress } from "../../api/events.ts";
import type { HistoryQuery } from "../../api/history.ts";
import { COLUMNS, shownColumns, toggleColumn, usualColumns } from "../../events/columns.tsx";
import type { EventList } from "../../events/list/event-list.ts";
import { StateBadge } from "../../events/live-badge.tsx";
import { fromLocal } from "../../filter/view.ts";
import { counted } from "../../format/number.ts";
import { useStore } from "../../state/store.ts";
import { Field } from "../../ui/field.tsx";
import { Popup } from "../../ui/popup.tsx";

interface ToolbarProps {
  list: EventList;
  query: HistoryQuery;
  /** Whether new events can belong into the view at all. */
  live: boolean;
  paused: boolean;
  onPaused: (paused: boolean) => void;
  onJump: (from: string) => void;
}

export function Toolbar({ list, query, live, paused, onPaused, onJump }: ToolbarProps) {
  const { loading } = useStore(list.state);
  const { book } = list;
  const complete = book.next === null;
  return (
    <div class="events-bar">
      <p class="events-state">
        {!live ? (
          <span class="badge">not live: the time has an end</span>
        ) : list.hasNewer ? (
          <span class="badge">not live: newer events are above</span>
        ) : (
          <StateBadge paused={paused} held={0} />
        )}
        {live && !list.hasNewer && (
          <button type="button" class="small" onClick={() => onPaused(!paused)}>
            {paused ? "Resume" : "Pause"}
          </button>
        )}
      </p>
      <p class="muted" role="status">
        {book.next === undefined && loading
          ? "Loading…"
          : `${list.hasNewer ? "some " : complete ? "" : "first "}${counted(book.count, "event")}`}
      </p>
      <div class="events-tools">
        <Jump onJump={onJump} />
        <Columns />
        <Popup label="Export">
          <a href={exportAddress(query, "csv")} download>
            CSV, for spreadsheets
          </a>
          <a href={exportAddress(query, "ndjson")} download>
            NDJSON, for scripts
          </a>
        </Popup>
      </div>
    </div>
  );
}

function Jump({ onJump }: { onJump: (from: string) => void }) {
  const [at, setAt] = useState("");
  return (
    <Popup label="Go to time">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const from = fromLocal(at);
          if (from !== "") onJump(from);
        }}
      >
        <Field label="Events before" type="datetime-local" value={at} onValue={setAt} required />
        <button type="submit">Go</button>
      </form>
    </Popup>
  );
}

function Columns() {
  const shown = useStore(shownColumns);
  return (
    <Popup label="Columns">
      <fieldset>
        <legend>Shown in this browser</legend>
        {COLUMNS.map(({ key, head }) => (
          <label key={key}>
            <input
              type="checkbox"
              checked={shown.includes(key)}
              disabled={key === "ip"}
              onChange={() => toggleColumn(key)}
            />
            {head}
          </label>
        ))}
      </fieldset>
      <button type="button" onClick={usualColumns}>
        As usual
      </button>
    </Popup>
  );
}
