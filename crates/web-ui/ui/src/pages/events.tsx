// The history of bans and unbans: any number of them, live, filtered by what stands in the address of the page.

import { useLocation } from "preact-iso";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { findEvents } from "../api/events.ts";
import { getTimeline } from "../api/history.ts";
import { Problem } from "../api/problem.ts";
import { EventDrawer } from "../events/event-drawer.tsx";
import { EventGrid } from "../events/event-grid.tsx";
import { GapNote } from "../events/gap-note.tsx";
import { EventList, SHEET, type Where } from "../events/list/event-list.ts";
import { openId } from "../events/open-event.ts";
import { useArrivals } from "../events/use-arrivals.ts";
import { useOpened } from "../events/use-opened.ts";
import { WaitingEvents } from "../events/waiting.tsx";
import { FilterBar } from "../filter/filter-bar.tsx";
import { hasName } from "../filter/query.ts";
import { EMPTY_VIEW, viewKey, viewQuery } from "../filter/view.ts";
import { exact } from "../format/time.ts";
import { fail2ban } from "../live/live.ts";
import { useReconnected } from "../live/use-live.ts";
import { type EventsRoute, href } from "../routes/routes.ts";
import { useResource } from "../state/resource.ts";
import { useStore } from "../state/store.ts";
import { PageHeading } from "../ui/heading.tsx";
import { Failure, Notice } from "../ui/notice.tsx";
import { Foot } from "./events/foot.tsx";
import { Toolbar } from "./events/toolbar.tsx";

export function EventsPage({ view, from, open }: EventsRoute) {
  const { route: go } = useLocation();
  const key = `${viewKey(view)} ${from ?? ""}`;
  const query = useMemo(() => viewQuery(view), [key]);
  const list = useMemo(() => {
    const begin = from === undefined ? query : { ...query, until: from };
    const load = ({ first, ...place }: Where, signal: AbortSignal) =>
      findEvents({ ...(first ? begin : query), limit: SHEET, ...place }, signal);
    return new EventList(load, from !== undefined);
  }, [query]);
  useEffect(() => list.start(), [list]);
  const state = useStore(list.state);
  const live = view.until === "" && !hasName(view.q, "until");
  const [paused, setPaused] = useState(false);
  list.paused = paused;
  useArrivals(list, live);
  const gaps = useGaps(key, query)?.gaps ?? [];
  const opened = useOpened(list, open, (open) => href({ page: "events", view, ...(from && { from }), ...(open && { open }) }));
  const showNewest = (): void => {
    setPaused(false);
    scrollTo({ top: 0, behavior: "instant" });
    list.showNewest();
  };
  const refused = state.error instanceof Problem && state.error.status === 400;
  const empty = list.book.next === null && list.book.count === 0;
  return (
    <>
      <PageHeading title="History" />
      <FilterBar view={view} onView={(view) => go(href({ page: "events", view }))} error={state.error} />
      <div class="events">
        <Toolbar
          list={list}
          query={query}
          live={live}
          paused={paused}
          onPaused={(paused) => (paused ? setPaused(true) : showNewest())}
          onJump={(from) => go(href({ page: "events", view, from }))}
        />
        <WaitingEvents list={list} onShow={showNewest} />
        {from !== undefined && (list.hasNewer || empty) && (
          <p class="events-note">
            From {exact(from).slice(0, 16)} back.{" "}
            {list.hasNewer && !list.tooHigh && (
              <button type="button" class="small" onClick={() => list.showNewer()}>
                Newer events
              </button>
            )}{" "}
            <a href={href({ page: "events", view })}>To the newest</a>
            {state.error !== null && list.failedAbove && <strong> Newer events could not be loaded.</strong>}
          </p>
        )}
        {list.book.count === 0 && state.error !== null ? (
          !refused && (
            <Failure title="The history could not be loaded." error={state.error} onRetry={() => list.retry()} />
          )
        ) : empty ? (
          <>
            {gaps.map((gap) => (
              <p key={gap.since} class="grid-gap">
                <GapNote gap={gap} />
              </p>
            ))}
            <Nothing filtered={viewKey(view) !== viewKey(EMPTY_VIEW)} all={href({ page: "events", view: { q: view.q, since: "all", until: "" } })} />
          </>
        ) : (
          <>
            <EventGrid
              caption="History of bans and unbans"
              list={list}
              gaps={gaps}
              open={openId(open)}
              onOpen={opened.show}
            />
            <Foot list={list} onRetry={() => list.retry()} continueAt={(from) => href({ page: "events", view, from })} />
          </>
        )}
      </div>
      {opened.event !== null && (
        <EventDrawer
          event={opened.event}
          onClose={opened.close}
          onNewer={opened.step(-1)}
          onOlder={opened.step(1)}
        />
      )}
    </>
  );
}

function Nothing({ filtered, all }: { filtered: boolean; all: string }) {
  return (
    <Notice title={filtered ? "Nothing in the history matches." : "Nothing happened in the last 7 days."}>
      <p>
        {filtered ? "Try fewer terms, or a longer time." : "What BanGUI has seen before is still there."}{" "}
        <a href={all}>Look at all time</a>
      </p>
    </Notice>
  );
}

/** The times of which the history knows nothing; asked for again when fail2ban goes or comes back. */
function useGaps(key: string, query: Parameters<typeof getTimeline>[1]) {
  const { value, reload } = useResource(`gaps ${key}`, (signal) => getTimeline("jail", query, signal));
  const state = useStore(fail2ban, (fail2ban) => fail2ban?.state);
  useReconnected(reload);
  const first = useRef(state);
  useEffect(() => {
    // That the state becomes known is no change of it.
    if (first.current !== undefined && state !== undefined && first.current !== state) reload();
    first.current = state;
  }, [state]);
  return value;
}
