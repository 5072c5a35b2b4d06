// Points in time, from RFC 3339 text: how long ago for reading, exact and local for being sure.

import { duration } from "./duration.ts";

const DAY_MS = 86_400_000;

/** How long ago: "now", "12 s ago", "3 h ago"; the date alone after a month, "in 5 min" for the future. */
export function ago(at: string, now: number): string {
  const passed = now - Date.parse(at);
  if (Number.isNaN(passed)) return at;
  if (passed > 30 * DAY_MS) return exact(at).slice(0, 10);
  if (Math.abs(passed) < 1_500) return "now";
  return passed < 0 ? `in ${coarse(-passed)}` : `${coarse(passed)} ago`;
}

/** A length in one unit, which is enough for "how long ago". */
function coarse(ms: number): string {
  return duration(ms / 1_000).split(" ").slice(0, 2).join(" ");
}

/** Local time with its offset, in the order of log lines: "2026-11-23 18:40:12 +01:00". */
export function exact(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const east = -date.getTimezoneOffset();
  const offset = `${east < 0 ? "-" : "+"}${two(Math.floor(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`;
  return `${day} ${time} ${offset}`;
}
