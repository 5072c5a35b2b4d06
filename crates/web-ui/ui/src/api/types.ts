// The shapes of the API, under the names that the pages use. `schema.ts` is made from the server's own document by
// `cargo xtask openapi`, so that a change of the API that the pages do not follow fails the type check.

import type { components, operations } from "./schema.ts";

type Schemas = components["schemas"];

/** The parameters of a call, each of which may be left undefined. */
type Query<Operation extends keyof operations> = {
  [Name in keyof NonNullable<operations[Operation]["parameters"]["query"]>]?:
    | NonNullable<operations[Operation]["parameters"]["query"]>[Name]
    | undefined;
};

/** An answer in pages; `next` is the cursor of the next page, or null on the last one. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** An error as the API reports it (RFC 9457). */
export type ProblemBody = Schemas["Problem"];
export type FieldProblem = Schemas["FieldProblem"];

export type User = Schemas["User"];
export type Session = Schemas["LoginResponse"];

/** One of one's own sessions, as they are listed. */
export type OwnSession = Schemas["Session"];
export type ChangePassword = Schemas["PasswordRequest"];
export type Ended = Schemas["EndedResponse"];

/** Whether fail2ban answers, since when, and if not, why. */
export type Fail2banState = Schemas["Fail2ban"];
/** What is wrong with a fail2ban that answers, or with one of its jails. */
export type ServerProblem = Schemas["ServerProblem"];
export type ServerProblemCode = ServerProblem["code"];
export type System = Schemas["SystemResponse"];
export type Scheduler = Schemas["Scheduler"];
export type Holder = Schemas["Holder"];

/** What a process logs; `until` is null where that stays. */
export type Log = Schemas["LogResponse"];
export type SetLog = Schemas["LogRequest"];

/** Where places come from; `to_locate` addresses are not looked up in it yet. */
export type Places = Schemas["PlacesResponse"];
export type PlaceSource = Schemas["PlaceSource"];

/** A background job: one on a cron schedule has `runs`, one that runs every few moments a `tally`. */
export type Job = Schemas["Job"];
export type JobRun = Schemas["JobRun"];
export type RunState = Schemas["JobRunState"];
export type Schedule = Schemas["JobSchedule"];
export type Tally = Schemas["JobTally"];
export type Pulse = Schemas["JobPulse"];

/** A channel that messages go through; its secrets are not told. */
export type Channel = Schemas["Channel"];
export type ChannelBody = Schemas["ChannelRequest"];
export type ChannelTest = Schemas["ChannelTestResponse"];
export type Preset = Schemas["Preset"];
export type Preview = Schemas["PreviewResponse"];

/** A rule that says when a message is sent. */
export type Rule = Schemas["Rule"];
export type Condition = Schemas["Condition"];
export type RuleBody = Schemas["RuleRequest"];

/** A message that went, or is to go, through a channel. */
export type Delivery = Schemas["Delivery"];

/** A jail's counters. */
export type Jail = Schemas["Jail"];
export type ListedJail = Schemas["ListedJail"];
export type LogFile = Schemas["LogFile"];
export type JailList = Schemas["JailList"];
export type JailDetail = Schemas["JailDetailResponse"];
export type BantimeIncrement = Schemas["BantimeIncrement"];

/** An address or network that is banned now. `expires_at` is null and `bantime` -1 for a permanent ban. */
export type Ban = Schemas["Ban"];
export type Origin = Schemas["Origin"];
export type CreateBan = Schemas["CreateBanRequest"];
export type Banned = Schemas["BannedResponse"];
export type Unbanned = Schemas["UnbannedResponse"];

/** The orders that the API knows; a minus puts the largest first. */
export type BanSort = "banned_at" | "-banned_at" | "expires_at" | "-expires_at" | "ip" | "-ip" | "jail" | "-jail";

/** What fail2ban must never ban. `jail` is null for every jail, `until` for ever. */
export type AllowEntry = Schemas["AllowEntry"];
export type AllowList = Schemas["AllowList"];
export type Allow = Schemas["AllowRequest"];
export type Allowed = Schemas["AllowResponse"];
export type AllowCheck = Schemas["AllowCheckResponse"];

/** What a jail ignores by its own configuration. */
export type JailIgnores = Schemas["JailIgnores"];

/** A ban or unban in the history. */
export type BanEvent = Schemas["Event"];

/** What an address is for that is not on the Internet. */
export type Special = NonNullable<BanEvent["special"]>;

export type BanQuery = Query<"listBans">;
export type EventQuery = Query<"listEvents">;
export type DeliveryQuery = Query<"listDeliveries">;
