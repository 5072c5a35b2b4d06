// Where in a list of events a gap of the history belongs: between what was before it and what came after.

import type { Gap } from "../api/history.ts";

/** The gaps that stand above a row: they ended after it, and before the newer row above it, if there is one. */
export function gapsAbove(gaps: readonly Gap[], at: string, newer: string | undefined): Gap[] {
  const time = Date.parse(at);
  const ceiling = newer === undefined ? Number.POSITIVE_INFINITY : Date.parse(newer);
  return gaps.filter(({ until }) => Date.parse(until) > time && Date.parse(until) <= ceiling);
}

/** The gaps below the last row of the history. */
export function gapsBelow(gaps: readonly Gap[], at: string): Gap[] {
  return gaps.filter(({ until }) => Date.parse(until) <= Date.parse(at));
}
