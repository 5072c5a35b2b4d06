// Which part of the history a page shows, as it stands in the address of the page: a query and a stretch of time.

import { now } from "../state/clock.ts";
import { addTerm, hasName } from "./query.ts";

export { addTerm } from "./query.ts";

export interface View {
  /** In the query language. */
  q: string;
  /** "" for the usual 7 days, "all", so long before now such as "24h", or RFC 3339. */
  since: string;
  /** "" for now, so long before it, or RFC 3339. */
  until: string;
}

/** What is asked of the API for a view: RFC 3339, "all", or empty for what the API has without a word about it. */
export interface ViewQuery {
  q: string;
  since: string;
  until: string;
  tz: string;
}

export const EMPTY_VIEW: View = { q: "", since: "", until: "" };

/** What the time is without a word about it. */
export const USUAL_PERIOD = "7d";

/** The lengths of time to choose from, as they stand in an address. */
export const PERIODS: readonly (readonly [since: string, text: string])[] = [
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  [USUAL_PERIOD, "Last 7 days"],
  ["30d", "Last 30 days"],
  ["90d", "Last 90 days"],
  ["365d", "Last year"],
  ["all", "All time"],
];

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Filters of the history that stood in addresses of their own, and may do so in a bookmark. */
const FORMER_NAMES = ["jail", "kind", "origin"];

/** Reads a view from the query of an address. What it does not understand is left out. */
export function viewFromSearch(search: URLSearchParams): View {
  const text = (name: string): string => (search.get(name) ?? "").trim();
  const since = text("since");
  const q = FORMER_NAMES.reduce((q, name) => (text(name) === "" ? q : addTerm(q, name, text(name))), text("q"));
  return { q, since: since === "all" ? since : time(since), until: time(text("until")) };
}

/** The part of an address behind its path, with its question mark; empty for the usual view. */
export function viewToSearch(view: View): string {
  const set = (["q", "since", "until"] as const).filter((name) => view[name] !== "");
  const text = new URLSearchParams(set.map((name) => [name, view[name]])).toString();
  return text === "" ? "" : `?${text}`;
}

/** Two views with one key show the same. */
export function viewKey(view: View): string {
  return viewToSearch({ ...view, since: view.since === USUAL_PERIOD ? "" : view.since });
}

/** What to ask the API for a view at a moment. What the query itself says of the time holds, where the view says nothing. */
export function viewQuery({ q, since, until }: View, at: number = now()): ViewQuery {
  const end = until === "" ? undefined : instant(until, at);
  // The usual time ends where the view does; what is said is so long before now.
  const usual = since === "" && !hasName(q, "since") ? instant(USUAL_PERIOD, end ?? at) : undefined;
  return {
    q,
    since: since === "all" ? since : iso(usual ?? instant(since, at)),
    until: iso(end),
    tz: timeZone(),
  };
}

/** The epoch milliseconds of what is so long before a moment, or RFC 3339. */
export function instant(text: string, before: number): number | undefined {
  const [, count, unit = ""] = /^(\d+)([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return before - Number(count) * (UNIT_MS[unit] ?? 0);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** The time zone of this browser by its IANA name. */
export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** A moment as an input of type `datetime-local` has it, in this browser's time zone. */
export function toLocal(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** RFC 3339 for what such an input says; nothing where it says nothing. */
export function fromLocal(local: string): string {
  return local === "" ? "" : iso(new Date(local).getTime());
}

/** Keeps what is relative as it is, and makes a point in time of a local time without an offset. */
function time(text: string): string {
  if (/^\d{1,5}[mhdw]$/.test(text)) return text;
  return iso(Date.parse(text));
}

function iso(at: number | undefined): string {
  return at === undefined || Number.isNaN(new Date(at).getTime()) ? "" : new Date(at).toISOString();
}
