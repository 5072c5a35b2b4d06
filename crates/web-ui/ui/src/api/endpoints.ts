// The calls of the API that the pages make, one function each.

import { call } from "./client.ts";
import type {
  Allow,
  AllowCheck,
  Allowed,
  AllowList,
  Ban,
  Banned,
  BanEvent,
  BanQuery,
  Channel,
  ChannelBody,
  ChannelTest,
  ChangePassword,
  CreateBan,
  Delivery,
  DeliveryQuery,
  Ended,
  EventQuery,
  JailDetail,
  JailList,
  Job,
  JobRun,
  Log,
  OwnSession,
  Page,
  Places,
  Preview,
  Rule,
  RuleBody,
  Session,
  SetLog,
  System,
  Unbanned,
} from "./types.ts";

/** Where the live events come from. */
export const EVENT_STREAM = "/api/events/stream";

type Signal = AbortSignal | undefined;

const segment = encodeURIComponent;

export const getSetup = (): Promise<{ needed: boolean }> => call("GET", "/api/setup");

export const setUp = (body: { token: string; username: string; password: string }): Promise<Session> =>
  call("POST", "/api/setup", { body });

export const logIn = (body: { username: string; password: string }): Promise<Session> =>
  call("POST", "/api/auth/login", { body });

export const logOut = (): Promise<void> => call("POST", "/api/auth/logout");

export const getSession = (): Promise<Session> => call("GET", "/api/auth/me");

export const changePassword = (body: ChangePassword): Promise<Ended> => call("POST", "/api/auth/password", { body });

export const listSessions = (signal?: Signal): Promise<Page<OwnSession>> => call("GET", "/api/sessions", { signal });

export const deleteSession = (id: string): Promise<void> => call("DELETE", `/api/sessions/${segment(id)}`);

export const deleteOtherSessions = (): Promise<Ended> => call("DELETE", "/api/sessions");

export const getSystem = (signal?: Signal): Promise<System> => call("GET", "/api/system", { signal });

/** What the process that answers logs; with replicas, the next answer may be another one's. */
export const getLog = (signal?: Signal): Promise<Log> => call("GET", "/api/system/log", { signal });

export const setLog = (body: SetLog): Promise<Log> => call("PUT", "/api/system/log", { body });

export const resetLog = (): Promise<Log> => call("DELETE", "/api/system/log");

/** Where places come from, as the process that answers has it. */
export const getPlaces = (signal?: Signal): Promise<Places> => call("GET", "/api/places", { signal });

export const getJails = (signal?: Signal): Promise<JailList> => call("GET", "/api/jails", { signal });

export const getJail = (jail: string, signal?: Signal): Promise<JailDetail> =>
  call("GET", `/api/jails/${segment(jail)}`, { signal });

export const listBans = (query: BanQuery, signal?: Signal): Promise<Page<Ban>> =>
  call("GET", "/api/bans", { query: { ...query }, signal });

export const createBan = (body: CreateBan): Promise<Banned> => call("POST", "/api/bans", { body });

/** Unbans in one jail, or in every jail where `jail` is left out. */
export const deleteBan = (ip: string, jail: string | undefined, reason: string): Promise<Unbanned> =>
  call("DELETE", `/api/bans/${segment(ip)}`, { query: { jail, reason } });

export const listAllowed = (signal?: Signal): Promise<AllowList> => call("GET", "/api/allowlist", { signal });

/** Puts an address on the allowlist. */
export const allow = (body: Allow): Promise<Allowed> => call("POST", "/api/allowlist", { body });

/** Takes an entry off the allowlist. */
export const disallow = (id: number): Promise<Allowed> => call("DELETE", `/api/allowlist/${id}`);

/** What allows an address already. */
export const checkAllowed = (address: string, signal?: Signal): Promise<AllowCheck> =>
  call("GET", "/api/allowlist/check", { query: { address }, signal });

export const listEvents = (query: EventQuery, signal?: Signal): Promise<Page<BanEvent>> =>
  call("GET", "/api/events", { query: { ...query }, signal });

export const listJobs = (signal?: Signal): Promise<Page<Job>> => call("GET", "/api/jobs", { signal });

/** Queues a run; while one that was asked for waits, it is the same one. */
export const runJob = (job: string): Promise<JobRun> => call("POST", `/api/jobs/${segment(job)}/run`);

export const listChannels = (signal?: Signal): Promise<Page<Channel>> =>
  call("GET", "/api/notifications/channels", { signal });

/** Makes a channel, or changes the one with this number. */
export const saveChannel = (id: number | null, body: ChannelBody): Promise<Channel> =>
  id === null
    ? call("POST", "/api/notifications/channels", { body })
    : call("PUT", `/api/notifications/channels/${id}`, { body });

export const deleteChannel = (id: number): Promise<void> => call("DELETE", `/api/notifications/channels/${id}`);

/** Sends a message through a channel at once. */
export const testChannel = (id: number): Promise<ChannelTest> => call("POST", `/api/notifications/channels/${id}/test`);

/** What a channel that need not be saved would send. */
export const previewChannel = (settings: ChannelBody["settings"]): Promise<Preview> =>
  call("POST", "/api/notifications/preview", { body: { settings } });

export const listRules = (signal?: Signal): Promise<Page<Rule>> => call("GET", "/api/notifications/rules", { signal });

/** Makes a rule, or changes the one with this number. */
export const saveRule = (id: number | null, body: RuleBody): Promise<Rule> =>
  id === null
    ? call("POST", "/api/notifications/rules", { body })
    : call("PUT", `/api/notifications/rules/${id}`, { body });

export const deleteRule = (id: number): Promise<void> => call("DELETE", `/api/notifications/rules/${id}`);

export const listDeliveries = (query: DeliveryQuery, signal?: Signal): Promise<Page<Delivery>> =>
  call("GET", "/api/notifications/deliveries", { query: { ...query }, signal });
