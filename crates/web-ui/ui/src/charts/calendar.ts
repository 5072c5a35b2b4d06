// The calendar of a time line, in the zone that the server counted in: its answers carry the offset, so that nothing here
// has to know when clocks change.

import type { Bucket, Timeline } from "../api/history.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

type Unit = "minutes" | "days" | "months" | "years";

/** Which beginnings to name, from many names to few: each of so many minutes of the day, days, months, or years. */
const STEPS: [unit: Unit, every: number][] = [
  ...[5, 10, 15, 30, 60, 120, 180, 360, 720].map((every) => ["minutes", every] as [Unit, number]),
  ...[1, 2, 4, 7, 14].map((every) => ["days", every] as [Unit, number]),
  ...[1, 2, 3, 6, 12].map((every) => ["months", every] as [Unit, number]),
  ...[1, 2, 5, 10, 20].map((every) => ["years", every] as [Unit, number]),
];

const formatter = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
const CLOCK = formatter({ hour: "2-digit", minute: "2-digit" });
const DAY = formatter({ day: "numeric", month: "short" });
const WEEKDAY = formatter({ weekday: "short", day: "numeric", month: "short" });
const FULL_DAY = formatter({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const MONTH = formatter({ month: "short" });
const FULL_MONTH = formatter({ month: "long", year: "numeric" });
const YEAR = formatter({ year: "numeric" });

/** The wall clock of a moment in RFC 3339, as if it were UTC. */
function wall(moment: string): Date {
  return new Date(`${moment.slice(0, 19)}Z`);
}

/** The buckets whose beginnings are named below the axis, at most `most` of them, and their names. */
export function axisNames(starts: string[], bucket: Bucket, most: number): { index: number; text: string }[] {
  const days = starts.map(wall);
  for (const [unit, every] of STEPS) {
    if ((bucket === "P1M" || bucket === "P1Y") && (unit === "minutes" || unit === "days")) continue;
    const named = days.flatMap((day, index) => (begins(day, unit, every) ? [index] : []));
    if (named.length > most) continue;
    return named.map((index) => ({ index, text: axisName(days[index] as Date, unit) }));
  }
  return [];
}

function begins(day: Date, unit: Unit, every: number): boolean {
  if (day.getUTCSeconds() !== 0) return false;
  const minutes = day.getUTCHours() * 60 + day.getUTCMinutes();
  if (unit === "minutes") return minutes % every === 0;
  if (minutes !== 0) return false;
  if (unit === "months") return day.getUTCDate() === 1 && day.getUTCMonth() % every === 0;
  if (unit === "years") return day.getUTCDate() === 1 && day.getUTCMonth() === 0 && day.getUTCFullYear() % every === 0;
  return Math.floor(day.getTime() / MINUTE_MS / DAY_MINUTES) % every === 0;
}

function axisName(day: Date, unit: Unit): string {
  if (unit === "months" || unit === "years") return day.getUTCMonth() === 0 ? YEAR.format(day) : MONTH.format(day);
  const midnight = day.getUTCHours() === 0 && day.getUTCMinutes() === 0;
  return unit === "minutes" && !midnight ? CLOCK.format(day) : DAY.format(day);
}

/** "Tue 24 Nov, 06:00 – 12:00"; "Tue 24 Nov 2026"; "23 Nov – 29 Nov 2026"; "November 2026"; "2026". */
export function bucketName(start: string, end: string, bucket: Bucket): string {
  const [from, to] = [wall(start), wall(end)];
  switch (bucket) {
    case "P1D":
      return comma(FULL_DAY.format(from));
    case "P1M":
      return FULL_MONTH.format(from);
    case "P1Y":
      return YEAR.format(from);
    case "P1W": {
      const last = new Date(to.getTime() - 1);
      return `${DAY.format(from)} – ${DAY.format(last)} ${YEAR.format(last)}`;
    }
    default:
      return `${comma(WEEKDAY.format(from))}, ${CLOCK.format(from)} – ${CLOCK.format(to)}`;
  }
}

/** The name of a time line's bucket by its place. */
export function nameOf({ starts, until, bucket }: Pick<Timeline, "starts" | "until" | "bucket">, at: number): string {
  return bucketName(starts[at] ?? until, starts[at + 1] ?? until, bucket);
}

function comma(text: string): string {
  return text.replace(",", "");
}
