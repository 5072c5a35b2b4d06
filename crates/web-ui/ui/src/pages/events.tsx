// The history of bans and unbans: any number of them, live, filtered by what stands in the address of the page.

import { useLocation } from "preact-iso";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { findEvents } from "../api/events.ts";
import { getTimeline } from "../api/history.ts";
import { isRefused } from "../api/problem.ts";
import { EventDrawer } from "../events/event-drawer.tsx";
import { EventGrid } from "../events/event-grid.tsx";
import { GapNote } from "../events/gap-note.tsx";
import { EventList, SHEET, type Where } from "../events/list/event-list.ts";
import { useShownList } from "../events/list/use-shown-list.ts";
import { openId } from "../events/open-event.ts";
import { useArrivals } from "../events/use-arrivals.ts";
import { useOpened } from "../events/use-opened.ts";
import { WaitingEvents } from "../events/waiting.tsx";
import { FilterBar } from "../filter/filter-bar.tsx";
import { boundsOf, viewAround } from "../filter/jump.ts";
import { hasName } from "../filter/query.ts";
import { type View, viewKey, viewQuery } from "../filter/view.ts";
import { exact } from "../format/time.ts";
import { useReconnected } from "../live/use-live.ts";
import { type EventsRoute, href } from "../routes/routes.ts";
import { usePresence } from "../server/presence.ts";
import { now } from "../state/clock.ts";
import { useResource } from "../state/resource.ts";
import { useStore } from "../state/store.ts";
import { tell } from "../state/toasts.ts";
import { PageHeading } from "../ui/heading.tsx";
import { Failure } from "../ui/notice.tsx";
import { Foot } from "./events/foot.tsx";
import { Nothing } from "./events/nothing.tsx";
import { Toolbar } from "./events/toolbar.tsx";

export function EventsPage({ view, from, open }: EventsRoute) {
  const { route: go } = useLocation();
  const key = `${viewKey(view)} ${from ?? ""}`;
  const asked = useMemo(() => question(view, from, key), [key]);
  const shown = useShownList(asked);
  const { list } = shown;
  const isBefore = asked.list !== list;
  const state = useStore(list.state);
  const { error } = useStore(asked.list.state);
  const refused = isRefused(error);
  const live = shown.view.until === "" && !hasName(shown.view.q, "until");
  const [paused, setPaused] = useState(false);
  list.paused = paused;
  useArrivals(list, live);
  const timeline = useGaps(shown.key, shown.query);
  const gaps = timeline?.gaps ?? [];
  const opened = useOpened(list, open, (open) => href({ page: "events", view, ...(from && { from }), ...(open && { open }) }));
  const showNewest = (): void => {
    setPaused(false);
    scrollTo({ top: 0, behavior: "instant" });
    list.showNewest();
  };
  const current = useRef(key);
  current.current = key;
  const jump = async (from: string): Promise<void> => {
    // What the filter itself says of the time, the server alone can read. Without an answer the filter stays as it is.
    const known = boundsOf(shown.view, now(), timeline);
    const bounds = known ?? boundsOf(shown.view, now(), await getTimeline("jail", shown.query).catch(() => null));
    if (current.current !== key) return;
    const around = viewAround(shown.view, Date.parse(from), bounds);
    if (viewKey(around) !== viewKey(shown.view)) tell("The period is wider now, so that this time lies in it.");
    go(href({ page: "events", view: around, from }));
  };
  const empty = list.book.next === null && list.book.count === 0;
  return (
    <>
      <PageHeading title="History" />
      <FilterBar view={view} onView={(view) => go(href({ page: "events", view }))} error={error} />
      <div class={isBefore && !refused ? "events pending" : "events"} aria-busy={isBefore && !refused}>
        {isBefore && refused && <p class="events-note">The list is still that of the filter before.</p>}
        <Toolbar
          list={list}
          query={shown.query}
          live={live}
          paused={paused}
          onPaused={(paused) => (paused ? setPaused(true) : showNewest())}
          onJump={(from) => void jump(from)}
        />
        <WaitingEvents list={list} onShow={showNewest} />
        {shown.from !== undefined && (list.hasNewer || empty) && (
          <p class="events-note">
            From {exact(shown.from).slice(0, 16)} back.{" "}
            {list.hasNewer && !list.tooHigh && (
              <button type="button" class="small" onClick={() => list.showNewer()}>
                Newer events
              </button>
            )}{" "}
            <a href={href({ page: "events", view: shown.view })}>To the newest</a>
            {state.error !== null && list.failedAbove && <strong> Newer events could not be loaded.</strong>}
          </p>
        )}
        {list.book.count === 0 && state.error !== null ? (
          !isRefused(state.error) && (
            <Failure title="The history could not be loaded." error={state.error} onRetry={() => list.retry()} />
          )
        ) : empty ? (
          <>
            {gaps.map((gap) => (
              <p key={gap.since} class="grid-gap">
                <GapNote gap={gap} />
              </p>
            ))}
            <Nothing view={shown.view} from={shown.from} />
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
            <Foot
              list={list}
              onRetry={() => list.retry()}
              continueAt={(from) => href({ page: "events", view: shown.view, from })}
            />
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

/** The list for a view, with what it was asked for. */
function question(view: View, from: string | undefined, key: string) {
  const query = viewQuery(view);
  const begin = from === undefined ? query : { ...query, until: from };
  const load = ({ first, ...place }: Where, signal: AbortSignal) =>
    findEvents({ ...(first ? begin : query), limit: SHEET, ...place }, signal);
  return { view, from, key, query, list: new EventList(load, from !== undefined) };
}

/** The times of which the history knows nothing; asked for again when fail2ban goes or comes back, or what it bans is not recorded. */
function useGaps(key: string, query: Parameters<typeof getTimeline>[1]) {
  const { value, reload } = useResource(`gaps ${key}`, (signal) => getTimeline("jail", query, signal));
  const presence = usePresence();
  useReconnected(reload);
  const before = useRef(presence);
  useEffect(() => {
    // That it becomes known is no change of it.
    if (before.current !== "unknown" && presence !== "unknown" && before.current !== presence) reload();
    before.current = presence;
  }, [presence]);
  return value;
}
