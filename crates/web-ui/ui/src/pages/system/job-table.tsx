// The jobs, to compare them by: when they are due, how the last run went, what waits. A row opens to show its runs.

import { useState } from "preact/hooks";
import type { Job, RunState } from "../../api/types.ts";
import { millis } from "../../format/duration.ts";
import { count } from "../../format/number.ts";
import { printable } from "../../format/printable.ts";
import { dueWords, scheduleExact, scheduleWords } from "../../format/schedule.ts";
import { exact } from "../../format/time.ts";
import { useTicking } from "../../state/clock.ts";
import { Ago } from "../../ui/moments.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { JobDetail } from "./job-detail.tsx";
import { RunBadge } from "./run-badge.tsx";
import { lastRun } from "./runs.ts";

interface JobTableProps {
  jobs: Job[] | null;
  /** Where the runs stand that were started here. */
  states: ReadonlyMap<string, RunState | "starting">;
  onRun: (job: string) => void;
}

/** An error in a closed row; all of it is in the open one. */
const EXCERPT = 160;

export function JobTable({ jobs, states, onRun }: JobTableProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (name: string): void =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(name)) after.add(name);
      return after;
    });
  const columns: Column<Job>[] = [
    {
      key: "job",
      head: "Job",
      names: true,
      cell: (job) => <Name job={job} open={open.has(job.name)} onToggle={() => toggle(job.name)} />,
    },
    {
      key: "schedule",
      head: "Schedule",
      cell: ({ schedule }) => <span title={scheduleExact(schedule)}>{scheduleWords(schedule)}</span>,
    },
    { key: "last", head: "Last run", cell: (job) => <Last job={job} /> },
    { key: "took", head: "Took", numeric: true, cell: (job) => took(lastRun(job)?.durationMs ?? null) },
    { key: "next", head: "Next run", cell: (job) => <Next job={job} /> },
    { key: "pending", head: "Pending", numeric: true, cell: Pending },
    {
      key: "act",
      head: "Run",
      silent: true,
      cell: (job) => <RunButton job={job} state={states.get(job.name)} onRun={() => onRun(job.name)} />,
    },
  ];
  return (
    <Table
      name="jobs-run"
      caption="Background jobs"
      columns={columns}
      rows={jobs}
      rowKey={(job) => job.name}
      detail={(job) => (open.has(job.name) ? <JobDetail id={detailId(job)} job={job} /> : null)}
      skeletonRows={5}
    />
  );
}

function detailId(job: Job): string {
  return `runs-of-${job.name}`;
}

function Name({ job, open, onToggle }: { job: Job; open: boolean; onToggle: () => void }) {
  return (
    <>
      <button
        type="button"
        class="opener"
        aria-expanded={open}
        aria-controls={detailId(job)}
        title={open ? "Hide the last runs" : "Show the last runs"}
        onClick={onToggle}
      >
        {job.name}
      </button>
      <span class="about">{job.about}</span>
    </>
  );
}

function Last({ job }: { job: Job }) {
  const last = lastRun(job);
  if (last === null) return <span class="muted">never</span>;
  return (
    <>
      <RunBadge state={last.state} /> <Ago at={last.startedAt} />
      {last.error !== null && <span class="excerpt">{printable(last.error.slice(0, EXCERPT))}</span>}
    </>
  );
}

function Next({ job: { next_run_at: at, schedule } }: { job: Job }) {
  const text = useTicking((now) => (at === null ? "" : dueWords(schedule, at, now)));
  if (at === null) return <span class="muted">–</span>;
  return (
    <time dateTime={at} title={exact(at)}>
      {text}
    </time>
  );
}

function Pending({ pending }: Job) {
  return <span class={pending === 0 ? "none" : ""}>{count(pending)}</span>;
}

function took(ms: number | null): string {
  return ms === null ? "" : millis(ms);
}

const BUSY_WORDS: Record<RunState | "starting", string> = {
  starting: "Starting…",
  waiting: "Waiting…",
  running: "Running…",
  retrying: "Retrying…",
  done: "Run now",
  failed: "Run now",
};

/** Stays focusable while it does nothing, so that the keyboard does not lose its place. */
function RunButton({ job, state, onRun }: { job: Job; state: RunState | "starting" | undefined; onRun: () => void }) {
  const busy = state !== undefined;
  const text = busy ? (BUSY_WORDS[state] ?? "Busy…") : "Run now";
  return (
    <button type="button" class="small" aria-label={`${text}: ${job.name}`} aria-disabled={busy} onClick={onRun}>
      {text}
    </button>
  );
}
