// Runs that were started on this page: asks for them, follows them through the lists that come in, tells their end.

import { useEffect, useState } from "preact/hooks";
import { runJob } from "../../api/endpoints.ts";
import { messageOf } from "../../api/problem.ts";
import type { Job, JobRun, RunState } from "../../api/types.ts";
import { millis } from "../../format/duration.ts";
import { tell, warn } from "../../state/toasts.ts";
import { follow, isOver } from "./runs.ts";

/** A list of jobs with the moment it was asked for, by `performance.now()`. */
export interface AskedJobs {
  jobs: Job[];
  askedAt: number;
}

/** A run from when it was queued; null while that is on its way. */
type Started = { run: JobRun; queuedAt: number } | null;

interface RunNow {
  /** Where the run that was started here stands, by job. */
  states: ReadonlyMap<string, RunState | "starting">;
  start(job: string): void;
}

export function useRunNow(list: AskedJobs | null, reload: () => void): RunNow {
  const [started, setStarted] = useState<ReadonlyMap<string, Started>>(new Map());
  const put = (job: string, value: Started): void => setStarted((before) => new Map(before).set(job, value));
  const drop = (job: string): void =>
    setStarted((before) => new Map([...before].filter(([name]) => name !== job)));

  useEffect(() => {
    if (list === null) return;
    for (const [name, current] of started) {
      // An older list does not know the run, which does not mean that it is over.
      if (current === null || list.askedAt < current.queuedAt) continue;
      const run = follow(list.jobs, name, current.run);
      if (run !== null && !isOver(run.state)) put(name, { ...current, run });
      else {
        drop(name);
        tellEnd(name, run);
      }
    }
  }, [list]);

  const start = (job: string): void => {
    if (started.has(job)) return;
    put(job, null);
    runJob(job).then(
      (run) => {
        put(job, { run, queuedAt: performance.now() });
        reload();
      },
      (error: unknown) => {
        drop(job);
        warn(`${job} was not started. ${messageOf(error)}`);
      },
    );
  };

  const states = [...started].map(([job, current]) => [job, current?.run.state ?? "starting"] as const);
  return { states: new Map(states), start };
}

function tellEnd(name: string, run: JobRun | null): void {
  if (run?.state === "failed") return warn(`${name} has failed. Its row says why.`);
  if (run?.state !== "done") return tell(`${name} has ended.`);
  tell(run.duration_ms === null ? `${name} is done.` : `${name} is done, in ${millis(run.duration_ms)}.`);
}
