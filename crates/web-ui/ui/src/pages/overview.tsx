// The overview: is fail2ban working, is it more than usual, who attacks and from where. One filter is above all of it.

import { useLocation } from "preact-iso";
import { useCallback, useRef } from "preact/hooks";
import { getSystem } from "../api/endpoints.ts";
import { getTotals } from "../api/history.ts";
import { FilterBar } from "../filter/filter-bar.tsx";
import type { View } from "../filter/view.ts";
import { fail2ban, feed } from "../live/live.ts";
import { href } from "../routes/routes.ts";
import { useResource } from "../state/resource.ts";
import { useStore } from "../state/store.ts";
import { schedulerWords } from "../system/holder.ts";
import { Fact, SystemFacts } from "../system/system-facts.tsx";
import { PageHeading } from "../ui/heading.tsx";
import { Failure } from "../ui/notice.tsx";
import { Stale } from "../ui/stale.tsx";
import { Jails } from "./overview/jails.tsx";
import { NewestEvents } from "./overview/newest-events.tsx";
import { Offenders } from "./overview/offenders.tsx";
import { Places, TopJails } from "./overview/places.tsx";
import { StatusLine } from "./overview/status-line.tsx";
import { TimelineSection } from "./overview/timeline.tsx";
import { TotalsLine } from "./overview/totals.tsx";
import { useJails } from "./overview/use-jails.ts";
import { type Answer, useQuestion } from "./overview/use-question.ts";

export function OverviewPage({ view }: { view: View }) {
  const { route } = useLocation();
  const onView = useCallback((next: View) => route(href({ page: "overview", view: next })), [route]);
  const system = useResource("system", getSystem);
  const state = useStore(fail2ban);
  const lastEvent = useStore(feed, ({ shown }) => shown[0]?.occurred_at ?? null);
  const jails = useJails();
  const totals = useQuestion("totals", view, getTotals);
  // A filter that the server refuses is explained at the filter; what was shown before it stays.
  const shown = useShownView(view, totals);
  // What one question fails with, the others would fail with as well.
  const asked = totals.value !== null || totals.error === null;
  const any = asked && totals.value?.bans !== 0;
  return (
    <>
      <PageHeading title="Overview" silent />
      <StatusLine
        state={state ?? system.value?.fail2ban ?? null}
        lastEvent={lastEvent}
        jails={jails.jails ?? []}
        error={system.error}
        onRetry={system.reload}
      />
      <div class="filter-sheet">
        <FilterBar view={view} onView={onView} error={totals.error} />
        <Stale of={totals} />
        {totals.refused && totals.value !== null && (
          <p class="stale">The numbers are still those of the filter before.</p>
        )}
        {asked && <TotalsLine totals={totals.value} pending={totals.pending} view={shown} />}
        {!asked && !totals.refused && (
          <Failure title="The history could not be asked." error={totals.error} onRetry={totals.reload} />
        )}
      </div>
      {asked && <TimelineSection view={shown} onView={onView} />}
      <div class="overview">
        <div class="stack">
          <Jails known={jails} />
          {any && <TopJails view={shown} onView={onView} />}
        </div>
        {(asked || !totals.refused) && <NewestEvents view={shown} />}
      </div>
      {any && (
        <>
          <Places view={shown} onView={onView} />
          <Offenders view={shown} />
        </>
      )}
      {system.value !== null && (
        <SystemFacts system={system.value}>
          <Fact name="scheduler:">
            <a href={href({ page: "system" })}>{schedulerWords(system.value.scheduler)}</a>
          </Fact>
        </SystemFacts>
      )}
    </>
  );
}

/** The view that was asked for, or while the server refuses it, the last one that it has answered. */
function useShownView(view: View, { refused, value, pending }: Answer<unknown>): View {
  const answered = useRef<View | null>(null);
  if (!refused && !pending && value !== null) answered.current = view;
  return refused ? (answered.current ?? view) : view;
}
