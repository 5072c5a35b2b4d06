// The geometry of a time line: where buckets, bars, gaps and the period before lie. Knows no DOM.

import { nice, ticks } from "d3-array";
import type { Timeline } from "../api/history.ts";
import { type Series, totals } from "./series.ts";

/** Narrower bars touch each other: a space would take more than the bar. */
const SPACED_FROM = 5;

export interface Plot {
  width: number;
  height: number;
  /** Where each bucket begins, and behind them where the last one ends; as points in time and in the drawing. */
  edges: number[];
  xs: number[];
  /** What the height stands for, and the lines across. */
  top: number;
  ticks: number[];
  x: (time: number) => number;
  y: (count: number) => number;
}

/** Lays out a time line whose tallest bar is of these `series`, or of the counts of the period before. */
export function layOut(timeline: Timeline, series: Series[], ghost: number[], width: number, height: number): Plot {
  const edges = [...timeline.starts, timeline.until].map((moment) => Date.parse(moment));
  const [since = 0, until = 1] = [edges[0], edges.at(-1)];
  const largest = Math.max(1, ...totals(series, timeline.starts.length), ...ghost);
  const wanted = Math.max(2, Math.floor(height / 55));
  const top = Math.max(...nice(0, largest, wanted), largest);
  const x = (time: number): number => ((time - since) / Math.max(1, until - since)) * width;
  const y = (count: number): number => height - (count / top) * height;
  const lines = ticks(0, top, wanted).filter((tick) => Number.isInteger(tick) && tick > 0);
  return { width, height, edges, xs: edges.map(x), top, ticks: lines, x, y };
}

/** One path for each series: all its bars, standing on those of the series before it. */
export function bars(plot: Plot, series: Series[]): string[] {
  const bottoms = plot.xs.map(() => 0);
  return series.map(({ counts }) => {
    let path = "";
    counts.forEach((count, index) => {
      const [left, right, bottom] = [plot.xs[index], plot.xs[index + 1], bottoms[index]];
      if (count <= 0 || left === undefined || right === undefined || bottom === undefined) return;
      bottoms[index] = bottom + count;
      const space = right - left >= SPACED_FROM ? 1 : 0;
      const [y, below] = [plot.y(bottom + count), plot.y(bottom)];
      path += `M${round(left)} ${round(y)}H${round(Math.max(left + 0.5, right - space))}V${round(below)}H${round(left)}Z`;
    });
    return path;
  });
}

/** The period before, laid under this one: the outline of its bars. */
export function ghost(plot: Plot, before: Timeline | null): string {
  if (before === null) return "";
  const counts = sums(before);
  const shift = (plot.edges[0] ?? 0) - Date.parse(before.since);
  const edges = [...before.starts, before.until].map((moment) => Date.parse(moment) + shift);
  return counts
    .map((count, index) => {
      const [left, right] = [plot.x(edges[index] ?? 0), plot.x(edges[index + 1] ?? 0)];
      return `M${round(left)} ${plot.height}V${round(plot.y(count))}H${round(right)}V${plot.height}Z`;
    })
    .join("");
}

/** All bans of each bucket. */
export function sums({ series, others }: Timeline): number[] {
  return others.map((left, index) => series.reduce((sum, { counts }) => sum + (counts[index] ?? 0), left));
}

/** The bucket at a place of the drawing; the first or last one beside it. */
export function bucketAt(plot: Plot, x: number): number {
  const after = plot.xs.findIndex((edge) => edge > x);
  const last = plot.xs.length - 2;
  return after === -1 ? last : Math.min(last, Math.max(0, after - 1));
}

/** Tenths of a pixel are all that a screen shows. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
