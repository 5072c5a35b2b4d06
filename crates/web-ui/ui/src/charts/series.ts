// What a time line is drawn from: series with names and colours, and their sums. Knows nothing of how it looks.

import type { Dimension, Timeline } from "../api/history.ts";
import { countryName } from "../format/country.ts";
import { printable } from "../format/printable.ts";

/** As many as the eye tells apart, and as the server sends. */
export const COLOURS = 8;

export interface Series {
  /** Null for what the other series leave out. */
  key: string | null;
  name: string;
  /** From 1 on; 0 for what the other series leave out. */
  colour: number;
  counts: number[];
  sum: number;
}

/** The colour of each key: one that is still there keeps its own, a new one takes one that is free. */
export function assignColours(before: ReadonlyMap<string, number>, keys: string[]): Map<string, number> {
  const kept = keys.filter((key) => before.has(key));
  const taken = new Set(kept.map((key) => before.get(key)));
  const free = Array.from({ length: COLOURS }, (_, index) => index + 1).filter((colour) => !taken.has(colour));
  return new Map(keys.map((key) => [key, before.get(key) ?? free.shift() ?? 0]));
}

/** The series of a time line, the largest first, and last what they leave out, if that is anything. */
export function seriesOf(timeline: Timeline, by: Dimension, colours: ReadonlyMap<string, number>): Series[] {
  const named = timeline.series.map(({ key, label, counts }) => ({
    key,
    name: seriesName(by, key, label),
    colour: colours.get(key) ?? 0,
    counts,
    sum: sum(counts),
  }));
  const others = { key: null, name: "others", colour: 0, counts: timeline.others, sum: sum(timeline.others) };
  return others.sum > 0 ? [...named, others] : named;
}

/** What a group is called. */
export function seriesName(by: Dimension, key: string, label: string | null): string {
  if (by === "country") return countryName(key);
  if (by === "network" && key === "unknown") return "Unknown";
  return printable(label === null || label === "" ? key : label);
}

/** All series of each bucket together. */
export function totals(series: Series[], buckets: number): number[] {
  return Array.from({ length: buckets }, (_, index) => series.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0));
}

function sum(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
