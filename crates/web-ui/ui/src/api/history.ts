// What the history is asked: the calls, and the names of their answers. All count bans.

import { call } from "./client.ts";
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

/** What bans are told apart and counted by. */
export type Dimension = Schemas["TopBy"];

/** The same over time, where addresses would be too many. */
export type TimelineDimension = Schemas["TimelineBy"];

/** Which part of the history is meant. What is empty is the server's default. */
export interface HistoryQuery {
  q: string;
  since: string;
  until: string;
  /** The IANA name of the viewer's zone, in which days begin. */
  tz: string;
}

export type Totals = Schemas["HistoryTotals"];
export type Bucket = Schemas["Bucket"];
export type Gap = Schemas["HistoryGap"];
export type Timeline = Schemas["HistoryTimeline"];
export type TopRow = Schemas["HistoryTopRow"];
export type Top = Schemas["HistoryTop"];
export type Offender = Schemas["HistoryOffender"];
export type OffenderJail = Schemas["HistoryOffenderJail"];
export type Offenders = Schemas["HistoryOffenders"];

type Signal = AbortSignal | undefined;

export const getTotals = (query: HistoryQuery, signal?: Signal): Promise<Totals> =>
  call("GET", "/api/history/totals", { query: { ...query }, signal });

export const getTimeline = (by: TimelineDimension, query: HistoryQuery, signal?: Signal): Promise<Timeline> =>
  call("GET", "/api/history/timeline", { query: { ...query, by }, signal });

export const getTop = (by: Dimension, limit: number, query: HistoryQuery, signal?: Signal): Promise<Top> =>
  call("GET", "/api/history/top", { query: { ...query, by, limit }, signal });

export const getOffenders = (limit: number, query: HistoryQuery, signal?: Signal): Promise<Offenders> =>
  call("GET", "/api/history/offenders", { query: { ...query, limit }, signal });
