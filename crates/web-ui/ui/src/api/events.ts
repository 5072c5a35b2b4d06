// Events with their places, what made fail2ban ban, and all about one address: the calls, and the shapes of their answers.

import { address, call } from "./client.ts";
import type { HistoryQuery } from "./history.ts";
import type { Ban, BanEvent, Page } from "./types.ts";

type Signal = AbortSignal | undefined;

/** A network in the Internet's routing: "AS64500", with its name where that is known. */
export interface Network {
  asn: string;
  name: string | null;
}

/** An event of the history, with its ban's number and its address's place. */
export interface HistoryEvent extends BanEvent {
  /** The number of the ban that began or ended. */
  ban: number;
  /** Two letters, "private" or "unknown". */
  country: string;
  network: Network | null;
}

export interface Completions {
  /** The part of the query that is replaced, in UTF-16 units. */
  from: number;
  to: number;
  items: { text: string; about: string | null }[];
}

/** The log lines that made fail2ban ban. */
export interface Matches {
  lines: string[];
  /** Some were too many or too long to be kept. */
  cut: boolean;
}

export interface AddressJail {
  jail: string;
  bans: number;
  failures: number;
  first: string;
  last: string;
  /** The longest ban, in seconds; -1 for a permanent one. */
  longest: number;
  ban_count: number | null;
}

/** All that is known of an address or network. One that was never banned has zeros. */
export interface AddressDetail {
  ip: string;
  country: string;
  network: Network | null;
  host: string | null;
  bans: number;
  first: string | null;
  last: string | null;
  jails: AddressJail[];
  active: Ban[];
  neighbours: { ip: string; bans: number }[];
}

const segment = encodeURIComponent;

/** What may stand at a place of a query. */
export const getCompletions = (q: string, at: number, signal?: Signal): Promise<Completions> =>
  call("GET", "/api/history/completions", { query: { q, at }, signal });

/** Events, newest first. */
export const findEvents = (
  query: HistoryQuery & { limit: number; cursor?: string | undefined },
  signal?: Signal,
): Promise<Page<HistoryEvent>> => call("GET", "/api/events", { query: { ...query }, signal });

export const getMatches = (ban: number, signal?: Signal): Promise<Matches> =>
  call("GET", `/api/bans/${ban}/matches`, { signal });

export const getAddress = (ip: string, signal?: Signal): Promise<AddressDetail> =>
  call("GET", `/api/addresses/${segment(ip)}`, { signal });

/** Where a browser downloads all events of a question. */
export const exportAddress = (query: HistoryQuery, format: "csv" | "ndjson"): string =>
  address("/api/history/export", { ...query, format });
