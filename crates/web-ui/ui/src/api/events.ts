// Events with their places, what made fail2ban ban, and all about one address: the calls, and the shapes of their answers.

import { address, call } from "./client.ts";
import type { HistoryQuery } from "./history.ts";
import type { components } from "./schema.ts";

type Signal = AbortSignal | undefined;

type Schemas = components["schemas"];

/** What may stand at a place of a query; `from` and `to` are the part that is replaced, in UTF-16 units. */
export type Completions = Schemas["HistoryCompletions"];

/** The log lines that made fail2ban ban. */
export type Matches = Schemas["MatchesResponse"];

/** All that is known of an address or network. One that was never banned has zeros. */
export type AddressDetail = Schemas["AddressResponse"];
export type AddressJail = Schemas["AddressJail"];

export type EventPage = Schemas["EventPage"];

const segment = encodeURIComponent;

/** What may stand at a place of a query. */
export const getCompletions = (q: string, at: number, signal?: Signal): Promise<Completions> =>
  call("GET", "/api/history/completions", { query: { q, at }, signal });

/** Events, newest first: behind a cursor, or those next to it that are newer. */
export const findEvents = (
  query: HistoryQuery & { limit: number; cursor?: string | undefined; newer?: string | undefined },
  signal?: Signal,
): Promise<EventPage> => call("GET", "/api/events", { query: { ...query }, signal });

export const getMatches = (ban: number, signal?: Signal): Promise<Matches> =>
  call("GET", `/api/bans/${ban}/matches`, { signal });

export const getAddress = (ip: string, signal?: Signal): Promise<AddressDetail> =>
  call("GET", `/api/addresses/${segment(ip)}`, { signal });

/** Where a browser downloads all events of a question. */
export const exportAddress = (query: HistoryQuery, format: "csv" | "ndjson"): string =>
  address("/api/history/export", { ...query, format });
