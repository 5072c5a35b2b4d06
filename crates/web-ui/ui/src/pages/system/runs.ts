// What the runs of a job amount to: how the last one went, and what has become of one that was asked for. Pure.

import type { Job, JobRun, RunState } from "../../api/types.ts";

/** How the last run of a job went, however it is recorded. */
export interface Outcome {
  state: RunState;
  startedAt: string;
  /** Null while it runs. */
  durationMs: number | null;
  error: string | null;
}

/** The last run that has begun, queued or not; null before the first. */
export function lastRun(job: Job): Outcome | null {
  const queued = job.runs.find(({ started_at }) => started_at !== null);
  const candidates: Outcome[] = [];
  if (queued !== undefined && queued.started_at !== null) {
    const { state, started_at, duration_ms, error } = queued;
    candidates.push({ state, startedAt: started_at, durationMs: duration_ms, error: hasFailed(state) ? error : null });
  }
  if (job.tally !== null) {
    const { started_at, duration_ms, error } = job.tally.last;
    const state = error === null ? "done" : "failed";
    candidates.push({ state, startedAt: started_at, durationMs: duration_ms, error });
  }
  candidates.sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  return candidates[0] ?? null;
}

/** Whether nothing more will come of a run. */
export function isOver(state: RunState): boolean {
  return state === "done" || state === "failed";
}

/** Whether its last try failed, for good or not. */
export function hasFailed(state: RunState): boolean {
  return state === "failed" || state === "retrying";
}

/**
 * What a list of jobs, asked for after the run was, says of it: the run as it is now, or null where it is over and has
 * left the list.
 */
export function follow(jobs: Job[], name: string, run: JobRun): JobRun | null {
  const job = jobs.find((job) => job.name === name);
  if (job === undefined) return null;
  const found = run.id === null ? undefined : job.runs.find(({ id }) => id === run.id);
  if (found !== undefined) return found;
  return job.pending > 0 && !isOver(run.state) ? run : null;
}

/** Who or what started a run: "schedule", "alice". */
export function triggerWords({ trigger, by }: Pick<JobRun, "trigger" | "by">): string {
  if (trigger === "schedule") return "schedule";
  return by ?? "hand";
}

/** How many tries a run has had: "2 of 3". */
export function attemptWords({ attempts, max_attempts }: Pick<JobRun, "attempts" | "max_attempts">): string {
  return `${attempts} of ${max_attempts}`;
}
