// The overview: is fail2ban working, is it more than usual, who attacks and from where. One filter is above all of it.

import { useLocation } from "preact-iso";
import { useCallback } from "preact/hooks";
import { getSystem } from "../api/endpoints.ts";
import { getTotals } from "../api/history.ts";
import { Problem } from "../api/problem.ts";
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
import { useQuestion } from "./overview/use-question.ts";

export function OverviewPage({ view }: { view: View }) {
  const { route } = useLocation();
  const onView = useCallback((next: View) => route(href({ page: "overview", view: next })), [route]);
  const system = useResource("system", getSystem);
  const state = useStore(fail2ban);
  const lastEvent = useStore(feed, ({ shown }) => shown[0]?.occurred_at ?? null);
  const jails = useJails();
  const totals = useQuestion("totals", view, getTotals);
  // What one question fails with, such as a filter that cannot be understood, the others would fail with as well.
  const asked = totals.value !== null || totals.error === null;
  // What is wrong with the filter is said at the filter.
  const refused = totals.value === null && totals.error instanceof Problem && totals.error.fields.length > 0;
  const any = asked && totals.value?.bans !== 0;
  return (
    <>
      <PageHeading title="Overview" silent />
      <StatusLine
        state={state ?? system.value?.fail2ban ?? null}
        lastEvent={lastEvent}
        jails={jails.offline ? [] : (jails.jails ?? [])}
        error={system.error}
        onRetry={system.reload}
      />
      <div class="filter-sheet">
        <FilterBar view={view} onView={onView} error={totals.error} />
        <Stale of={totals} />
        {asked && <TotalsLine totals={totals.value} pending={totals.pending} view={view} />}
        {!asked && !refused && (
          <Failure title="The history could not be asked." error={totals.error} onRetry={totals.reload} />
        )}
      </div>
      {asked && <TimelineSection view={view} onView={onView} />}
      <div class="overview">
        <div class="stack">
          <Jails known={jails} />
          {any && <TopJails view={view} onView={onView} />}
        </div>
        {!refused && <NewestEvents view={view} />}
      </div>
      {any && (
        <>
          <Places view={view} onView={onView} />
          <Offenders view={view} />
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
