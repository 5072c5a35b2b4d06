// The active bans of a jail, kept true by the live events, and the form for one more.

import { useEffect, useState } from "preact/hooks";
import { listBans } from "../../api/endpoints.ts";
import type { BanSort } from "../../api/types.ts";
import { BanForm } from "../../bans/ban-form.tsx";
import { BanList } from "../../bans/ban-list.tsx";
import { LiveBadge } from "../../events/live-badge.tsx";
import { applyEvents, insert, without } from "../../live/bans.ts";
import { useEvents, useReconnected } from "../../live/use-live.ts";
import { usePages } from "../../state/resource.ts";
import { Field } from "../../ui/field.tsx";

const PAGE = 100;
const TYPING_PAUSE_MS = 250;

export function JailBans({ jail }: { jail: string }) {
  const [sort, setSort] = useState<BanSort>("-banned_at");
  const [typed, setTyped] = useState("");
  const q = useSettled(typed.trim());
  const pages = usePages(`${jail}\n${q}\n${sort}`, (cursor, signal) =>
    listBans({ jail, q, sort, limit: PAGE, cursor }, signal),
  );
  useEvents((events) => pages.change((bans) => applyEvents(bans, events, { jail, q, sort })));
  useReconnected(pages.reload);
  return (
    <section aria-labelledby="bans-heading">
      <div class="section-head">
        <h2 id="bans-heading" tabIndex={-1}>
          Banned now
        </h2>
        <LiveBadge jail={jail} />
      </div>
      <div class="bar">
        <Field label="Filter" type="search" value={typed} onValue={setTyped} />
        <BanForm
          jails={[jail]}
          onBanned={({ ban }) => {
            if (ban !== null && ban.jail === jail) pages.change((bans) => insert(bans, ban, sort));
            else pages.reload();
          }}
        />
      </div>
      <BanList
        caption={`Active bans in ${jail}`}
        pages={pages}
        sort={sort}
        onSort={setSort}
        jail={jail}
        none={
          q === ""
            ? [`Nobody is banned in ${jail}.`, `No ban in ${jail} is known.`]
            : [`No ban in ${jail} matches “${q}”.`, `No known ban in ${jail} matches “${q}”.`]
        }
        onUnbanned={(ban) => pages.change((bans) => without(bans, ban.ip, ban.jail))}
      >
        <p>{q === "" ? "New bans appear here as they happen." : "The filter looks at addresses and reasons."}</p>
      </BanList>
    </section>
  );
}

/** The value once it has not changed for a moment, so that typing asks the server once. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
