// The list of events on the screen: only the rows in sight are in the document, whatever the length of the list, and what
// one reads stays where it is while rows above it come, go, or turn out higher than thought.

import { useLayoutEffect, useState } from "preact/hooks";
import type { Gap } from "../api/history.ts";
import type { BanEvent } from "../api/types.ts";
import { useWidth } from "../charts/use-size.ts";
import { useStore } from "../state/store.ts";
import { COLUMNS, type EventColumn, leastWidth, shownColumns, tracks } from "./columns.tsx";
import { gapsAbove, gapsBelow } from "./gaps.ts";
import { GapNote } from "./gap-note.tsx";
import type { Place } from "./list/book.ts";
import type { EventList } from "./list/event-list.ts";
import { useScreen } from "./list/use-screen.ts";

interface EventGridProps {
  caption: string;
  list: EventList;
  gaps: readonly Gap[];
  /** The open event, which keeps its mark. */
  open: number | null;
  onOpen: (event: BanEvent) => void;
}

export function EventGrid({ caption, list, gaps, open, onOpen }: EventGridProps) {
  const state = useStore(list.state);
  const shown = useStore(shownColumns);
  const columns = COLUMNS.filter(({ key }) => shown.includes(key));
  const { book } = list;
  const [grid, width] = useWidth<HTMLDivElement>();
  const cards = width > 0 && width < leastWidth(columns) * rem();
  const screen = useScreen(list, `${cards} ${shown.join(" ")}`);
  const [focused, setFocused] = useState(false);
  // The row that the keyboard is on, counted from where the list began: rows that come in above it do not change it.
  const [active, setActive] = useState({ generation: -1, place: 0 });
  const activeIndex = active.generation === state.generation ? active.place + state.shift : -1;
  const places = book.slice(screen.from - 1, screen.to);
  const rows = places.filter(({ index }) => index >= screen.from);
  const newerThan = (place: Place<BanEvent>): BanEvent | null =>
    places.find(({ index }) => index === place.index - 1)?.row ?? null;

  const go = (index: number): void => {
    const to = Math.max(0, Math.min(book.count - 1, index));
    if (index <= 0 && list.hasNewer) list.showNewer();
    setActive({ generation: state.generation, place: to - state.shift });
    screen.reveal(to);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.target !== grid.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, screen.rowsInSight() - 1);
    const from = activeIndex < 0 ? screen.firstInSight() : activeIndex;
    const moves: Record<string, number> = {
      ArrowDown: activeIndex < 0 ? from : from + 1,
      ArrowUp: activeIndex < 0 ? from : from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: book.count - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      go(to);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const row = book.get(activeIndex)?.row;
      if (row) onOpen(row);
    }
  };

  useLayoutEffect(() => screen.measure());

  const complete = book.next === null;
  const last = rows.at(-1);
  const drawn = rows.some(({ index }) => index === activeIndex);
  return (
    <div
      ref={grid}
      class={cards ? "event-grid cards" : "event-grid"}
      role="grid"
      tabIndex={0}
      aria-label={caption}
      aria-busy={state.loading}
      aria-readonly="true"
      aria-rowcount={complete && !list.hasNewer ? book.count + 1 : -1}
      aria-colcount={columns.length}
      aria-activedescendant={drawn ? `event-row-${activeIndex}` : undefined}
      style={{ "--columns": tracks(columns) }}
      onKeyDown={press}
      onFocus={(event) => {
        if (event.target !== grid.current) return;
        setFocused(true);
        if (!drawn) setActive({ generation: state.generation, place: screen.firstInSight() - state.shift });
      }}
      onBlur={() => setFocused(false)}
    >
      <div role="rowgroup" class="grid-head">
        <div role="row" aria-rowindex={1} class="grid-row">
          {columns.map(({ key, head, numeric }) => (
            <div key={key} role="columnheader" class={`col-${key}${numeric ? " numeric" : ""}`}>
              {head}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" class="grid-frame" ref={screen.frame}>
        <div role="presentation" class="grid-rows" ref={screen.rows}>
          {rows.map((place) => {
            const newer = newerThan(place);
            const isNewest = place.index === 0 && !list.hasNewer;
            const above = place.row !== null && (isNewest || newer !== null) ? place.row : null;
            return (
              <div key={place.index - state.shift} role="presentation" data-index={place.index} {...heightOf(place)}>
                {above !== null && <Gaps gaps={gapsAbove(gaps, above.occurred_at, newer?.occurred_at)} />}
                <Row
                  columns={columns}
                  place={place}
                  active={focused && place.index === activeIndex}
                  open={place.row !== null && place.row.id === open}
                  fresh={place.row !== null && state.fresh.has(place.row.id)}
                  onOpen={(row) => {
                    setActive({ generation: state.generation, place: place.index - state.shift });
                    onOpen(row);
                  }}
                />
                {complete && place === last && place.index === book.count - 1 && place.row !== null && (
                  <Gaps gaps={gapsBelow(gaps, place.row.occurred_at)} />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** A row that is not in memory is drawn as high as it was when it was. */
function heightOf({ row, height }: Place<BanEvent>): { class: string; style?: { height: string } } {
  return row === null ? { class: "absent", style: { height: `${height}px` } } : { class: "" };
}

interface RowProps {
  columns: readonly EventColumn[];
  place: Place<BanEvent>;
  active: boolean;
  open: boolean;
  fresh: boolean;
  onOpen: (row: BanEvent) => void;
}

function Row({ columns, place: { index, row }, active, open, fresh, onOpen }: RowProps) {
  const classes = ["grid-row", active && "active", open && "open", fresh && "fresh", row === null && "skeleton"];
  return (
    <div
      role="row"
      id={`event-row-${index}`}
      class={classes.filter(Boolean).join(" ")}
      aria-rowindex={index + 2}
      aria-selected={active}
      onClick={(event) => row !== null && isForRow(event) && onOpen(row)}
    >
      {columns.map(({ key, cell, numeric }) => (
        <div
          key={key}
          role={key === "ip" ? "rowheader" : "gridcell"}
          class={`col-${key}${numeric ? " numeric" : ""}`}
        >
          {row === null ? <span class="bone" /> : cell(row)}
        </div>
      ))}
    </div>
  );
}

function Gaps({ gaps }: { gaps: readonly Gap[] }) {
  return (
    <>
      {gaps.map((gap) => (
        <div key={gap.since} role="row" class="grid-gap">
          <div role="gridcell">
            <GapNote gap={gap} />
          </div>
        </div>
      ))}
    </>
  );
}

/** A rem in pixels. */
function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

/** Whether a click means the row: not a link in it, and not the end of a selection of text. */
function isForRow(event: MouseEvent): boolean {
  if (event.target instanceof Element && event.target.closest("a, button") !== null) return false;
  return (getSelection()?.toString() ?? "") === "";
}
