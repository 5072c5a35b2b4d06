// Jobs, runs, sessions and the scheduler lock as the API would send them.

import type { Job, JobRun, Log, OwnSession, Places, PlaceSource, System } from "../../src/api/types.ts";
import { at, SYSTEM } from "./fixtures.ts";

export const LOST: System = {
  ...SYSTEM,
  database: "postgres",
  scheduler: { role: "lost", holder: { host: "host-b", pid: 812, version: "0.1.0" }, since: at(-42), token: 13 },
};

export const LOG: Log = { filter: "info", configured: "info", until: null };

export const REGISTRIES: PlaceSource = {
  name: "Assignments of the regional Internet registries (built in)",
  built_at: at(-86_400 * 25),
  countries: true,
  networks: false,
  attribution: null,
  unreadable_records: 0,
  trouble: null,
};

const dbip = (what: string, networks: boolean): PlaceSource => ({
  name: `DB-IP Lite ${what}`,
  built_at: at(-86_400 * 3),
  countries: !networks,
  networks,
  attribution: { text: "IP Geolocation by DB-IP", url: "https://db-ip.com" },
  unreadable_records: 0,
  trouble: null,
});

export const DOWNLOADED: PlaceSource[] = [dbip("Country", false), dbip("ASN", true)];

export const PLACES: Places = { sources: [REGISTRIES], located: 1_204, to_locate: 0 };

/** A run that went well an hour and `id` minutes ago. */
export function jobRun(id: number, changes: Partial<JobRun> = {}): JobRun {
  return {
    id: `run-${id}`,
    state: "done",
    trigger: "schedule",
    by: null,
    due_at: at(-3_600 - id * 60),
    started_at: at(-3_599 - id * 60),
    duration_ms: 3,
    attempts: 1,
    max_attempts: 3,
    error: null,
    ...changes,
  };
}

/** A job on a cron schedule. */
export function cronJob(name: string, changes: Partial<Job> = {}): Job {
  return {
    name,
    about: "deletes sessions that have ended",
    schedule: { kind: "cron", expression: "0 7 * * * *" },
    max_attempts: 3,
    timeout_secs: 60,
    next_run_at: at(1_500),
    pending: 0,
    tally: null,
    runs: [1, 2, 3, 4, 5].map((id) => jobRun(id * 60)),
    ...changes,
  };
}

export const FAILURE =
  "database is locked: the lock on /var/lib/bangui/bangui-jobs.db was held for 5 s by process 812; " +
  "deleting from finished_runs where ended_at < $1 did not begin";

export const JOBS: Job[] = [
  cronJob("observe_bans", {
    about: "turns what fail2ban reports into events",
    schedule: { kind: "every", every_ms: 500 },
    next_run_at: at(0),
    runs: [],
    tally: {
      since: at(-86_400 * 3),
      runs: 518_204,
      failed: 12,
      last: { started_at: at(-1), duration_ms: 2, error: null },
      last_failure: { started_at: at(-7_300), duration_ms: 5_003, error: "fail2ban did not answer within 5 s" },
    },
  }),
  cronJob("probe_fail2ban", {
    about: "asks fail2ban for its version and jails",
    schedule: { kind: "every", every_ms: 30_000 },
    next_run_at: at(20),
    runs: [],
    tally: {
      since: at(-86_400 * 3),
      runs: 8_640,
      failed: 0,
      last: { started_at: at(-10), duration_ms: 14, error: null },
      last_failure: null,
    },
  }),
  cronJob("prune_sessions"),
  cronJob("prune_login_tries", {
    about: "forgets wrong logins that no longer matter",
    schedule: { kind: "cron", expression: "30 */10 * * * *" },
    next_run_at: at(240),
    runs: [
      jobRun(1, { trigger: "manual", by: "alice", attempts: 2, error: "database is busy" }),
      jobRun(2),
    ],
  }),
  cronJob("prune_jobs", {
    about: "deletes finished runs from the queue",
    schedule: { kind: "cron", expression: "0 17 3 * * MON" },
    pending: 1,
    runs: [
      jobRun(0, {
        state: "waiting",
        trigger: "manual",
        by: "bob",
        due_at: at(-4),
        started_at: null,
        duration_ms: null,
        attempts: 0,
      }),
      jobRun(9, { state: "failed", duration_ms: 5_020, attempts: 3, error: FAILURE }),
      jobRun(10),
    ],
  }),
];

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 " +
  "Mobile/15E148 Safari/604.1";

/** A session that began and was last used some seconds ago. */
function ownSession(id: string, began: number, used: number, changes: Partial<OwnSession>): OwnSession {
  const times = { created_at: at(-began), last_used_at: at(-used), expires_at: at(36_000 - began / 4) };
  return { id, address: null, user_agent: null, current: false, ...times, ...changes };
}

export const SESSIONS: OwnSession[] = [
  ownSession("aa01", 600, 20, { address: "192.0.2.7", user_agent: FIREFOX, current: true }),
  ownSession("bb02", 86_400, 7_200, { address: "2001:db8:4d::1f", user_agent: SAFARI }),
  ownSession("cc03", 4_000, 3_900, { user_agent: "curl/8.5.0" }),
];
