// What the history is asked: the calls, and the shapes of their answers. All count bans.

import { call } from "./client.ts";

/** What bans are told apart and counted by. */
export type Dimension = "jail" | "origin" | "country" | "network" | "address";

/** Which part of the history is meant. What is empty is the server's default. */
export interface HistoryQuery {
  q: string;
  since: string;
  until: string;
  /** The IANA name of the viewer's zone, in which days begin. */
  tz: string;
}

interface Counts {
  bans: number;
  addresses: number;
  /** Addresses that were banned more than once. */
  repeaters: number;
  networks: number;
  countries: number;
}

export interface Totals extends Counts {
  since: string;
  until: string;
  first: string | null;
  last: string | null;
  /** The period of the same length that ends where this one begins. */
  before: Counts & { since: string; until: string };
  /** The median of the periods of the same length before; null where too few of them were watched. */
  usual_bans: number | null;
}

export type Bucket = "PT5M" | "PT15M" | "PT1H" | "PT6H" | "P1D" | "P1W" | "P1M";

export interface Gap {
  since: string;
  until: string;
  cause: "unwatched" | "fail2ban_away";
}

export interface Timeline {
  since: string;
  until: string;
  tz: string;
  bucket: Bucket;
  /** Where each bucket begins, with the offset of the zone. The first one may be cut. */
  starts: string[];
  /** The largest ones, a count for each bucket. */
  series: { key: string; label: string | null; counts: number[] }[];
  /** What the series leave out. */
  others: number[];
  gaps: Gap[];
}

export interface TopRow {
  /** The address; "AS64500" or "unknown"; "NL", "private" or "unknown"; the jail; the origin. */
  key: string;
  label: string | null;
  country: string | null;
  network: string | null;
  bans: number;
  addresses: number;
  /** Bans in the period before. */
  before: number;
}

export interface Top {
  since: string;
  until: string;
  by: Dimension;
  rows: TopRow[];
  /** How many groups there are, and their bans, in all. */
  groups: number;
  bans: number;
}

export interface Offender {
  ip: string;
  country: string;
  network: { asn: string; name: string | null } | null;
  bans: number;
  jails: string[];
  first: string;
  last: string;
  /** In seconds; -1 for a permanent ban. */
  first_bantime: number;
  last_bantime: number;
  ban_count: number | null;
  banned_now: boolean;
}

export interface Offenders {
  since: string;
  until: string;
  items: Offender[];
}

type Signal = AbortSignal | undefined;

export const getTotals = (query: HistoryQuery, signal?: Signal): Promise<Totals> =>
  call("GET", "/api/history/totals", { query: { ...query }, signal });

export const getTimeline = (by: Dimension, query: HistoryQuery, signal?: Signal): Promise<Timeline> =>
  call("GET", "/api/history/timeline", { query: { ...query, by }, signal });

export const getTop = (by: Dimension, limit: number, query: HistoryQuery, signal?: Signal): Promise<Top> =>
  call("GET", "/api/history/top", { query: { ...query, by, limit }, signal });

export const getOffenders = (limit: number, query: HistoryQuery, signal?: Signal): Promise<Offenders> =>
  call("GET", "/api/history/offenders", { query: { ...query, limit }, signal });
