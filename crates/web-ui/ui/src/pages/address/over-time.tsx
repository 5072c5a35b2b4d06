// The bans of an address over time, by jail. Everything in it leads to the history, narrowed down.

import { useLocation } from "preact-iso";
import { useMemo, useState } from "preact/hooks";
import type { Timeline } from "../../api/history.ts";
import type { Leads } from "../../charts/leads.ts";
import type { View } from "../../filter/view.ts";
import { href } from "../../routes/routes.ts";
import { onDemand } from "../../ui/on-demand.tsx";
import { Figure } from "../overview/figure.tsx";
import { bansOf, bansOfGroup, narrowed, within, without } from "../overview/leads.ts";

const TimelineChart = onDemand(async () => (await import("../../charts/timeline-chart.tsx")).TimelineChart);

export function OverTime({ view, timeline, pending }: { view: View; timeline: Timeline; pending: boolean }) {
  const { route: go } = useLocation();
  const [asTable, setAsTable] = useState(false);
  const leads = useMemo<Leads>(() => {
    const jails = timeline.series.map(({ key }) => key);
    const show = (view: View): void => go(href({ page: "events", view }));
    return {
      rows(series, stretch) {
        const shown = stretch === undefined ? view : within(view, stretch);
        if (series === null) return bansOf(shown);
        return series.key === null ? bansOf(without(shown, "jail", jails)) : bansOfGroup(shown, "jail", series.key);
      },
      canName: () => true,
      only: (jail) => show(narrowed(view, "jail", jail)),
      zoom: (since, until) => show(within(view, { since, until })),
    };
  }, [view, timeline]);
  return (
    <Figure id="time-heading" title="Bans over time" asTable={asTable} onTable={setAsTable} pending={pending}>
      <TimelineChart by="jail" timeline={timeline} before={null} asTable={asTable} leads={leads} />
    </Figure>
  );
}
