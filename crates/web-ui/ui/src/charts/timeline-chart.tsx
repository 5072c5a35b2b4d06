// Bans over time: the drawing with its legend, or the table behind it. Loaded on demand.

import { useMemo, useRef, useState } from "preact/hooks";
import type { Dimension, Timeline } from "../api/history.ts";
import type { Leads } from "./leads.ts";
import { Legend } from "./legend.tsx";
import { assignColours, seriesOf } from "./series.ts";
import { TimelinePlot } from "./timeline-plot.tsx";
import { TimelineTable } from "./timeline-table.tsx";

interface TimelineChartProps {
  by: Dimension;
  timeline: Timeline;
  /** The period before, where there is one. */
  before: Timeline | null;
  asTable: boolean;
  leads: Leads;
}

export function TimelineChart({ by, timeline, before, asTable, leads }: TimelineChartProps) {
  const colours = useRef<ReadonlyMap<string, number>>(new Map());
  const all = useMemo(() => {
    colours.current = assignColours(
      colours.current,
      timeline.series.map(({ key }) => key),
    );
    return seriesOf(timeline, by, colours.current);
  }, [timeline, by]);
  const [hidden, setHidden] = useState<ReadonlySet<string | null>>(new Set());
  const drawn = useMemo(() => all.filter(({ key }) => !hidden.has(key)), [all, hidden]);
  if (asTable) {
    return <TimelineTable caption={`Bans over time by ${by}`} timeline={timeline} series={all} leads={leads} />;
  }
  const toggle = (key: string | null): void => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  return (
    <>
      <TimelinePlot label="Bans over time" timeline={timeline} before={before} series={drawn} leads={leads} />
      <Legend series={all} hidden={hidden} onToggle={toggle} before={before !== null} leads={leads} />
    </>
  );
}
