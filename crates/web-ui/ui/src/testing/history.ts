// Answers about the history for unit tests.

import type { Timeline } from "../api/history.ts";

/** A time line of six-hour buckets from midnight on, in a zone that is one hour east. */
export function timelineOf(series: Record<string, number[]>, changes: Partial<Timeline> = {}): Timeline {
  const buckets = Math.max(0, ...Object.values(series).map((counts) => counts.length));
  const start = Date.parse("2026-11-23T00:00:00Z");
  const local = (index: number): string => `${new Date(start + index * 6 * 3_600_000).toISOString().slice(0, 19)}+01:00`;
  return {
    since: local(0),
    until: local(buckets),
    tz: "Europe/Berlin",
    bucket: "PT6H",
    starts: Array.from({ length: buckets }, (_, index) => local(index)),
    series: Object.entries(series).map(([key, counts]) => ({ key, label: null, counts })),
    others: Array.from({ length: buckets }, () => 0),
    gaps: [],
    ...changes,
  };
}
