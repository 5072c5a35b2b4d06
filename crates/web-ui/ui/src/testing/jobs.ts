// Jobs and runs for unit tests.

import type { Job, JobRun } from "../api/types.ts";
import { moment } from "./events.ts";

/** A run that was due `at` seconds after the start, and went well. */
export function jobRun(id: string, at: number, changes: Partial<JobRun> = {}): JobRun {
  return {
    id,
    state: "done",
    trigger: "schedule",
    by: null,
    due_at: moment(at),
    started_at: moment(at + 1),
    duration_ms: 3,
    attempts: 1,
    max_attempts: 3,
    error: null,
    ...changes,
  };
}

export function job(name: string, changes: Partial<Job> = {}): Job {
  return {
    name,
    about: "does what it is called",
    schedule: { kind: "cron", expression: "0 7 * * * *" },
    max_attempts: 3,
    timeout_secs: 60,
    next_run_at: moment(3_600),
    pending: 0,
    tally: null,
    runs: [],
    ...changes,
  };
}
