// What a piece of text is found in: bans that are active now, and events of the history.

import { useState } from "preact/hooks";
import { findEvents } from "../api/events.ts";
import { listBans } from "../api/endpoints.ts";
import type { BanSort } from "../api/types.ts";
import { BanList } from "../bans/ban-list.tsx";
import { EventTable } from "../events/event-table.tsx";
import { plainText } from "../filter/query.ts";
import { EMPTY_VIEW, viewQuery } from "../filter/view.ts";
import { without } from "../live/bans.ts";
import { useReconnected } from "../live/use-live.ts";
import { href } from "../routes/routes.ts";
import { LastKnown } from "../server/last-known.tsx";
import { usePages } from "../state/resource.ts";
import { PageHeading } from "../ui/heading.tsx";
import { More } from "../ui/more.tsx";
import { Failure, Notice } from "../ui/notice.tsx";

const PAGE = 50;

export function SearchPage({ q }: { q: string }) {
  if (q === "") {
    return (
      <>
        <PageHeading title="Search" />
        <Notice title="What are you looking for?">
          <p>
            An address (<code>203.0.113.7</code>, <code>2001:db8::7</code>), a network (<code>203.0.113.0/24</code>), or
            text in an address, a jail's name or a reason. Press <kbd>/</kbd> anywhere to search.
          </p>
        </Notice>
      </>
    );
  }
  return <Results key={q} q={q} />;
}

function Results({ q }: { q: string }) {
  const [sort, setSort] = useState<BanSort>("-banned_at");
  const view = { ...EMPTY_VIEW, q: plainText(q), since: "all" };
  const bans = usePages(`bans ${q} ${sort}`, (cursor, signal) => listBans({ q, sort, limit: PAGE, cursor }, signal));
  const events = usePages(`events ${q}`, (cursor, signal) =>
    findEvents({ ...viewQuery(view), limit: PAGE, cursor }, signal),
  );
  useReconnected(() => {
    bans.reload();
    events.reload();
  });
  return (
    <>
      <PageHeading title={q}>
        <span class="heading-kind">Search</span> {q}
      </PageHeading>
      <section aria-labelledby="bans-heading">
        <div class="section-head">
          <h2 id="bans-heading" tabIndex={-1}>
            Banned now
          </h2>
          <LastKnown />
        </div>
        <BanList
          caption={`Active bans for ${q}`}
          pages={bans}
          sort={sort}
          onSort={setSort}
          none={[`No active ban matches “${q}”.`, `No known ban matches “${q}”.`]}
          onUnbanned={(ban) => {
            bans.change((current) => without(current, ban.ip, ban.jail));
            events.reload();
          }}
        />
      </section>
      <section aria-labelledby="history-heading">
        <div class="section-head">
          <h2 id="history-heading">History</h2>
          <a href={href({ page: "events", view })}>All of it, with filters</a>
        </div>
        {events.items === null && events.error !== null ? (
          <Failure title="The history could not be loaded." error={events.error} onRetry={events.reload} />
        ) : events.items?.length === 0 ? (
          <Notice title={`Nothing in the history matches “${q}”.`} />
        ) : (
          <>
            <EventTable caption={`History of ${q}`} events={events.items} />
            <More pages={events} noun="event" />
          </>
        )}
      </section>
    </>
  );
}
