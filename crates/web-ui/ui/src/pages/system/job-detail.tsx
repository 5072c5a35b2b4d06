// What an open row of a job shows: the last queued runs, and the count of those that are not queued.

import type { Job, JobRun, Pulse, Tally } from "../../api/types.ts";
import { duration, millis } from "../../format/duration.ts";
import { count, counted } from "../../format/number.ts";
import { exact } from "../../format/time.ts";
import { Ago, Lasting } from "../../ui/moments.tsx";
import { LongText } from "../../ui/long-text.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { RunBadge } from "./run-badge.tsx";
import { attemptWords, hasFailed, triggerWords } from "./runs.ts";

const COLUMNS: Column<JobRun>[] = [
  { key: "state", head: "State", names: true, cell: (run) => <RunBadge state={run.state} /> },
  { key: "trigger", head: "Started by", cell: triggerWords },
  { key: "due", head: "Due", cell: ({ due_at }) => <Exact at={due_at} /> },
  { key: "began", head: "Began", cell: ({ started_at }) => (started_at === null ? "" : <Exact at={started_at} />) },
  {
    key: "took",
    head: "Took",
    numeric: true,
    cell: ({ duration_ms }) => (duration_ms === null ? "" : millis(duration_ms)),
  },
  { key: "tries", head: "Tries", numeric: true, cell: attemptWords },
  {
    key: "error",
    head: "Error",
    cell: ({ error, state }) => (error === null ? "" : <RunError error={error} earlier={!hasFailed(state)} />),
  },
];

export function JobDetail({ id, job }: { id: string; job: Job }) {
  const { runs, tally } = job;
  return (
    <div id={id} class="job-detail">
      {tally !== null && <Counted tally={tally} />}
      {runs.length > 0 ? (
        <Table
          name="runs"
          caption={`Last runs of ${job.name}`}
          columns={COLUMNS}
          rows={runs}
          rowKey={(run) => run.id ?? `${run.trigger} ${run.due_at}`}
        />
      ) : (
        tally === null && <p class="muted">No run is on record.</p>
      )}
      <p class="table-foot muted">
        A try may take {duration(job.timeout_secs)}
        {job.schedule.kind === "cron" && `; a run has ${counted(job.max_attempts, "try", "tries")}`}.
      </p>
    </div>
  );
}

function Counted({ tally: { runs, failed, since, last, last_failure } }: { tally: Tally }) {
  return (
    <dl class="tally">
      <div>
        <dt>Runs</dt>
        <dd>
          {count(runs)} in <Lasting since={since} />, {failed === 0 ? "none" : count(failed)} of them failed
        </dd>
      </div>
      <div>
        <dt>Last run</dt>
        <dd>
          <PulseLine pulse={last} />
        </dd>
      </div>
      {last_failure !== null && last_failure.started_at !== last.started_at && (
        <div>
          <dt>Last failure</dt>
          <dd>
            <PulseLine pulse={last_failure} />
          </dd>
        </div>
      )}
    </dl>
  );
}

function PulseLine({ pulse: { started_at, duration_ms, error } }: { pulse: Pulse }) {
  return (
    <>
      <RunBadge state={error === null ? "done" : "failed"} /> <Ago at={started_at} />, took {millis(duration_ms)}
      {error !== null && <RunError error={error} earlier={false} />}
    </>
  );
}

/** Why a try failed; of a run that went well in the end, or is being tried again, an earlier one. */
function RunError({ error, earlier }: { error: string; earlier: boolean }) {
  return (
    <div class="run-error">
      {earlier && <span class="muted">earlier try: </span>}
      <LongText text={error} noun="error" />
    </div>
  );
}

/** The moment itself, which is what is looked up in a log. */
function Exact({ at }: { at: string }) {
  const text = exact(at);
  return (
    <time dateTime={at} title={text}>
      {text.replace(/ \S+$/, "")}
    </time>
  );
}
