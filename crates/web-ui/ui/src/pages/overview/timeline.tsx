// Bans over time, by jail or by what else tells them apart.

import { useMemo, useState } from "preact/hooks";
import { type Bucket, type TimelineDimension, getTimeline, type Timeline } from "../../api/history.ts";
import type { Leads } from "../../charts/leads.ts";
import { type View, viewKey, viewQuery } from "../../filter/view.ts";
import { IDLE_MS } from "../../live/use-arrived.ts";
import { useRefresh } from "../../state/refresh.ts";
import { useResource } from "../../state/resource.ts";
import { onDemand } from "../../ui/on-demand.tsx";
import { Failure, Notice } from "../../ui/notice.tsx";
import { Figure } from "./figure.tsx";
import { bansOf, bansOfGroup, canName, narrowed, within, without } from "./leads.ts";
import { useQuestion } from "./use-question.ts";

const CHOICES: [by: TimelineDimension, text: string][] = [
  ["jail", "jail"],
  ["country", "country"],
  ["network", "network"],
  ["origin", "origin"],
];

const BAR_NAMES: Record<Bucket, string> = {
  PT5M: "5 minutes",
  PT15M: "15 minutes",
  PT1H: "an hour",
  PT6H: "6 hours",
  P1D: "a day",
  P1W: "a week",
  P1M: "a month",
  P1Y: "a year",
};

const TimelineChart = onDemand(async () => (await import("../../charts/timeline-chart.tsx")).TimelineChart);

interface TimelineSectionProps {
  view: View;
  onView: (view: View) => void;
}

export function TimelineSection({ view, onView }: TimelineSectionProps) {
  const [by, setBy] = useState<TimelineDimension>("jail");
  const [asTable, setAsTable] = useState(false);
  const asked = useQuestion(`timeline ${by}`, view, async (query, signal) => ({
    by,
    view,
    timeline: await getTimeline(by, query, signal),
  }));
  const answer = asked.value;
  const before = usePeriodBefore(view, asked.pending ? null : (answer?.timeline ?? null));
  const leads = useMemo(() => leadsOf(answer, onView), [answer, onView]);
  return (
    <Figure
      id="timeline-heading"
      title="Bans over time"
      note={answer === null ? undefined : `one bar is ${BAR_NAMES[answer.timeline.bucket] ?? "a while"}`}
      asTable={asTable}
      onTable={setAsTable}
      pending={asked.pending}
      controls={
        <div class="segments" role="group" aria-label="Told apart by">
          {CHOICES.map(([choice, text]) => (
            <button key={choice} type="button" class="small" aria-pressed={by === choice} onClick={() => setBy(choice)}>
              {text}
            </button>
          ))}
        </div>
      }
    >
      {answer !== null && isEmpty(answer.timeline) && !asTable ? (
        <Notice title="No ban in this time.">
          <p>Bans appear here as they happen. A longer time, or fewer terms in the filter, may show more.</p>
        </Notice>
      ) : answer !== null ? (
        <TimelineChart by={answer.by} timeline={answer.timeline} before={before} asTable={asTable} leads={leads} />
      ) : asked.error !== null ? (
        <Failure title="The bans over time could not be loaded." error={asked.error} onRetry={asked.reload} />
      ) : (
        <div class="chart-space" aria-hidden="true" />
      )}
    </Figure>
  );
}

/** The time line of the period before, which is as long as this one; null where all of the time is shown. */
function usePeriodBefore(view: View, timeline: Timeline | null): Timeline | null {
  const shown = view.since === "all" ? null : timeline;
  const loaded = useResource(`${shown === null ? "none" : "before"} ${viewKey(view)}`, async (signal) => {
    if (shown === null) return null;
    const [since, until] = [Date.parse(shown.since), Date.parse(shown.until)];
    const stretch = { since: new Date(2 * since - until).toISOString(), until: shown.since };
    return getTimeline("jail", { ...viewQuery(view), ...stretch }, signal);
  });
  // What happens now does not change it; it moves as time passes.
  useRefresh(loaded, IDLE_MS);
  return loaded.value;
}

function leadsOf(answer: { by: TimelineDimension; view: View; timeline: Timeline } | null, onView: (view: View) => void): Leads {
  if (answer === null) return { rows: () => null, canName: () => false, only: () => undefined, zoom: () => undefined };
  const { by, view, timeline } = answer;
  const keys = timeline.series.map(({ key }) => key);
  return {
    rows(series, stretch) {
      const shown = stretch === undefined ? view : within(view, stretch);
      if (series === null) return bansOf(shown);
      if (series.key !== null) return bansOfGroup(shown, by, series.key);
      return keys.every((key) => canName(by, key)) ? bansOf(without(shown, by, keys)) : null;
    },
    canName: (key) => canName(by, key),
    only: (key) => onView(narrowed(view, by, key)),
    // Up to now stays up to now, so that the view goes on moving.
    zoom: (since, until, last) =>
      onView({ ...within(view, { since, until }), ...(last && view.until === "" ? { until: "" } : {}) }),
  };
}

function isEmpty({ series, others, gaps }: Timeline): boolean {
  return series.length === 0 && gaps.length === 0 && others.every((count) => count === 0);
}
