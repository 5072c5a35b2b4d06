// For how long an address is allowed.

export type Term = "hour" | "day" | "week" | "month" | "ever";

export const TERMS: readonly (readonly [Term, string])[] = [
  ["hour", "an hour"],
  ["day", "a day"],
  ["week", "a week"],
  ["month", "30 days"],
  ["ever", "for ever"],
];

const HOURS = { hour: 1, day: 24, week: 7 * 24, month: 30 * 24 };

/** When a term that begins at `now` ends; undefined if it does not. */
export function endOf(term: Term, now: number): string | undefined {
  return term === "ever" ? undefined : new Date(now + HOURS[term] * 3_600_000).toISOString();
}
