// The shapes of the API, as the pages use them. All times are RFC 3339 text, all durations whole seconds.

/** How a ban or unban came about. */
export type Origin = "detected" | "manual" | "restored" | "expired";

/** An answer in pages; `next` is the cursor of the next page, or null on the last one. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** An error as the API reports it (RFC 9457). */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  request_id: string;
  fields: FieldProblem[];
}

/** What is wrong with one field of a request. */
export interface FieldProblem {
  field: string;
  message: string;
}

export interface User {
  id: string | number;
  name: string;
}

export interface Session {
  user: User;
  expires_at: string;
}

/** Whether fail2ban answers, since when, and if not, why. */
export interface Fail2banState {
  state: "online" | "offline" | "starting";
  version: string | null;
  latency_ms: number | null;
  jails: number | null;
  checked_at: string | null;
  since: string | null;
  problem: { code: string; detail: string; hint: string } | null;
}

export interface System {
  version: string;
  started_at: string;
  database: "sqlite" | "postgres";
  fail2ban: Fail2banState;
  scheduler: Scheduler;
  workers: number;
}

/** The lock that lets one process schedule jobs. `lost`: this one had it, and could not renew it. */
export interface Scheduler {
  role: "leader" | "standby" | "lost";
  holder: { host: string; pid: number; version: string } | null;
  since: string | null;
  token: number | null;
}

/** A jail's counters. The totals count since fail2ban started. */
export interface Jail {
  name: string;
  currently_failed: number;
  total_failed: number;
  currently_banned: number;
  total_banned: number;
}

export interface JailList extends Page<Jail> {
  observed_at: string;
  online: boolean;
}

/** What fail2ban says of a jail's settings, under fail2ban's own names. */
export interface JailSettings {
  logpath: string[];
  logencoding: string;
  journalmatch: string[][];
  ignoreself: boolean;
  ignoreip: string[];
  ignorecommand: string | null;
  ignorecache: string | null;
  prefregex: string;
  failregex: string[];
  ignoreregex: string[];
  usedns: string;
  findtime: number;
  bantime: number;
  datepattern: string | null;
  logtimezone: string | null;
  maxmatches: number;
  maxretry: number;
  maxlines: number;
  bantime_increment: BantimeIncrement;
  actions: string[];
}

/** How a jail lengthens the bans of those who come back. */
export interface BantimeIncrement {
  enabled: boolean;
  overalljails: boolean;
  factor: string | null;
  formula: string | null;
  multipliers: string | null;
  maxtime: number | null;
  rndtime: number | null;
}

export interface JailDetail extends Jail {
  file_list: string[];
  journal_matches: string[];
  settings: JailSettings;
}

/** An address or network that is banned now. `expires_at` is null and `bantime` -1 for a permanent ban. */
export interface Ban {
  ip: string;
  jail: string;
  banned_at: string;
  expires_at: string | null;
  bantime: number;
  ban_count: number | null;
  origin: Origin;
  by: string | null;
  reason: string | null;
}

export type BanSort = "banned_at" | "-banned_at" | "expires_at" | "-expires_at" | "ip" | "-ip" | "jail" | "-jail";

export interface BanQuery {
  jail?: string | undefined;
  ip?: string | undefined;
  q?: string | undefined;
  sort?: BanSort | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface CreateBan {
  ip: string;
  jail: string;
  reason?: string;
  force?: boolean;
}

/** What fail2ban says after a ban: the jails in which the address is banned now. */
export interface Banned {
  ip: string;
  jails: string[];
  newly_banned: boolean;
  ban: Ban | null;
}

/** What fail2ban says after an unban: from how many jails, and where the address is banned still. */
export interface Unbanned {
  ip: string;
  unbanned: number;
  jails: string[];
}

/** A ban or unban in the history. */
export interface BanEvent {
  id: number;
  kind: "ban" | "unban";
  jail: string;
  ip: string;
  occurred_at: string;
  banned_at: string;
  expires_at: string | null;
  bantime: number;
  ban_count: number | null;
  failures: number | null;
  origin: Origin;
  by: string | null;
  reason: string | null;
}

export interface EventQuery {
  jail?: string | undefined;
  ip?: string | undefined;
  kind?: string | undefined;
  origin?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  q?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}
