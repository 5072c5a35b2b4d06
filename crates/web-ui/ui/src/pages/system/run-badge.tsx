// Where a run stands: a word, and a mark of its own form, so that a failure is seen without its colour.

import type { RunState } from "../../api/types.ts";

const BADGES: Record<RunState, string> = {
  waiting: "badge-wait",
  running: "badge-run",
  done: "badge-good",
  retrying: "badge-wait badge-failed",
  failed: "badge-bad badge-failed",
};

export function RunBadge({ state }: { state: RunState }) {
  // A newer server may know more states than this page.
  return <span class={`badge ${BADGES[state] ?? ""}`}>{state}</span>;
}
