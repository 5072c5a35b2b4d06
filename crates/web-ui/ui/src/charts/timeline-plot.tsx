// The drawing of a time line: bars on each other, the period before as a line, gaps, and the cursor over them.

import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import type { Timeline } from "../api/history.ts";
import { compact, counted } from "../format/number.ts";
import { BucketTip } from "./bucket-tip.tsx";
import { axisNames, nameOf } from "./calendar.ts";
import { gapIn, gapWords } from "./gaps.ts";
import type { Leads } from "./leads.ts";
import { bars, ghost, layOut, type Plot, sums } from "./plot.ts";
import type { Series } from "./series.ts";
import { useCursor } from "./use-cursor.ts";
import { useWidth } from "./use-size.ts";

const HEIGHT = 208;
const LOW_HEIGHT = 168;
const LOW_BELOW = 560;
const AXIS = 22;
/** Above the plot, for half a line of text. */
const TOP = 8;
/** Room for a name below the axis, and for one in a gap. */
const NAME_PX = 68;
const GAP_NAME_PX = 84;
const DIGIT_PX = 7;

interface TimelinePlotProps {
  label: string;
  timeline: Timeline;
  before: Timeline | null;
  series: Series[];
  leads: Leads;
}

export function TimelinePlot({ label, timeline, before, series, leads }: TimelinePlotProps) {
  const [frame, whole] = useWidth<HTMLDivElement>();
  const hand = useRef<HTMLDivElement>(null);
  const hatch = useId();
  const height = whole < LOW_BELOW ? LOW_HEIGHT : HEIGHT;
  const earlier = useMemo(() => (before === null ? [] : sums(before)), [before]);
  const margin = useMemo(() => {
    const { ticks } = layOut(timeline, series, earlier, 1, height);
    return Math.max(...ticks.map((tick) => compact(tick).length), 1) * DIGIT_PX + 8;
  }, [timeline, series, earlier, height]);
  const width = Math.max(1, whole - margin);
  const plot = useMemo(() => layOut(timeline, series, earlier, width, height), [timeline, series, earlier, width, height]);
  const cursor = useCursor(plot, (first, last) => {
    const [since = 0, until = 0] = [plot.edges[first], plot.edges[last + 1]];
    leads.zoom(since, until, last === timeline.starts.length - 1);
  });
  const { at, range, pinned, clear } = cursor;
  // What is held covers what is beside it: it goes when one goes on elsewhere.
  useEffect(() => {
    if (!pinned) return;
    const away = (event: Event): void => {
      const to = event instanceof FocusEvent ? event.relatedTarget : event.target;
      // A press on text gives the focus to what is around it all.
      if (to instanceof Node && !frame.current?.contains(to) && !to.contains(frame.current)) clear();
    };
    document.addEventListener("click", away);
    document.addEventListener("focusout", away);
    return () => {
      document.removeEventListener("click", away);
      document.removeEventListener("focusout", away);
    };
  }, [pinned]);
  const marked = range ?? (at === null ? null : [at, at]);
  return (
    <div class="plot" ref={frame}>
      {whole > 0 && (
        <svg width={whole} height={TOP + height + AXIS} aria-hidden="true" focusable="false">
          <defs>
            <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <path class="hatch" d="M0 0V6" />
            </pattern>
          </defs>
          <g transform={`translate(${margin} ${TOP})`}>
            <path class="ghost" d={ghost(plot, before)} />
            <Lines plot={plot} />
            {marked !== null && <Mark plot={plot} first={marked[0] ?? 0} last={marked[1] ?? 0} chosen={range !== null} />}
            <Gaps timeline={timeline} plot={plot} hatch={hatch} />
            <Bars plot={plot} series={series} />
            <Axis timeline={timeline} plot={plot} />
          </g>
        </svg>
      )}
      <div
        ref={hand}
        class="plot-hand"
        style={{ left: `${margin}px`, top: `${TOP}px`, height: `${height}px` }}
        tabIndex={0}
        role="slider"
        aria-label={label}
        aria-valuemin={1}
        aria-valuemax={timeline.starts.length}
        aria-valuenow={(at ?? timeline.starts.length - 1) + 1}
        aria-valuetext={words(timeline, series, at ?? timeline.starts.length - 1, range)}
        {...cursor.handlers}
      />
      {at !== null && whole > 0 && (
        <div class="plot-tip" style={{ left: `${margin}px`, width: `${width}px` }}>
          {range === null ? (
            <BucketTip
              timeline={timeline}
              series={series}
              before={earlier[at]}
              plot={plot}
              at={at}
              pinned={cursor.pinned}
              leads={leads}
              onClose={() => {
                cursor.clear();
                hand.current?.focus();
              }}
            />
          ) : null}
        </div>
      )}
    </div>
  );
}

function Lines({ plot }: { plot: Plot }) {
  return (
    <>
      {plot.ticks.map((tick) => (
        <g key={tick}>
          <path class="line-across" d={`M0 ${plot.y(tick)}H${plot.width}`} />
          <text class="axis-text" x={-8} y={plot.y(tick) + 4} text-anchor="end">
            {compact(tick)}
          </text>
        </g>
      ))}
      <path class="line-base" d={`M0 ${plot.height + 0.5}H${plot.width}`} />
    </>
  );
}

function Bars({ plot, series }: { plot: Plot; series: Series[] }) {
  const paths = useMemo(() => bars(plot, series), [plot, series]);
  return (
    <>
      {series.map(({ key, colour }, index) => (
        <path key={key ?? ""} class={`bars colour-${colour}`} d={paths[index] ?? ""} />
      ))}
    </>
  );
}

function Mark({ plot, first, last, chosen }: { plot: Plot; first: number; last: number; chosen: boolean }) {
  const [left = 0, right = 0] = [plot.xs[first], plot.xs[last + 1]];
  return <rect class={chosen ? "mark mark-chosen" : "mark"} x={left} y={0} width={right - left} height={plot.height} />;
}

function Gaps({ timeline, plot, hatch }: { timeline: Timeline; plot: Plot; hatch: string }) {
  return (
    <>
      {timeline.gaps.map((gap) => {
        const left = Math.max(0, plot.x(Date.parse(gap.since)));
        const right = Math.min(plot.width, plot.x(Date.parse(gap.until)));
        if (right <= left) return null;
        return (
          <g key={`${gap.since} ${gap.cause}`}>
            <rect fill={`url(#${hatch})`} x={left} y={0} width={Math.max(1.5, right - left)} height={plot.height} />
            {right - left >= GAP_NAME_PX && (
              <text class="gap-text" x={(left + right) / 2} y={14} text-anchor="middle">
                {gapWords(gap.cause)}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

function Axis({ timeline, plot }: { timeline: Timeline; plot: Plot }) {
  const names = useMemo(
    () => axisNames(timeline.starts, timeline.bucket, Math.floor(plot.width / NAME_PX)),
    [timeline, plot.width],
  );
  return (
    <>
      {names.map(({ index, text }) => {
        const x = plot.xs[index] ?? 0;
        const anchor = x < NAME_PX / 3 ? "start" : x > plot.width - NAME_PX / 3 ? "end" : "middle";
        return (
          <g key={index}>
            <path class="line-base" d={`M${x} ${plot.height}v4`} />
            <text class="axis-text" x={x} y={plot.height + 18} text-anchor={anchor}>
              {text}
            </text>
          </g>
        );
      })}
    </>
  );
}

/** What a screen reader says of the cursor. */
function words(timeline: Timeline, series: Series[], at: number, range: [number, number] | null): string {
  if (range !== null) {
    return `Chosen: ${nameOf(timeline, range[0])} to ${nameOf(timeline, range[1])}. Enter zooms in.`;
  }
  const seen = series.filter(({ counts }) => (counts[at] ?? 0) > 0);
  const all = seen.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0);
  const [since, until] = [timeline.starts[at] ?? timeline.until, timeline.starts[at + 1] ?? timeline.until];
  const gap = gapIn(timeline, Date.parse(since), Date.parse(until));
  return [
    `${nameOf(timeline, at)}: ${counted(all, "ban")}`,
    ...seen.map(({ name, counts }) => `${name} ${counts[at]}`),
    ...(gap === null ? [] : [`${gapWords(gap.cause)} for a while`]),
  ].join(", ");
}
