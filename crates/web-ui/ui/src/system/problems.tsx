// What is wrong with a fail2ban that answers, or with one of its jails: each with fail2ban's own words and what to do.

import { Fragment } from "preact";
import type { Fail2banState, ServerProblem } from "../api/types.ts";
import { counted } from "../format/number.ts";
import { JailLink } from "../ui/links.tsx";
import { Ago } from "../ui/moments.tsx";

const NAMED = 5;

const WORDS: Record<string, string> = {
  unpolled: "What fail2ban bans is not recorded.",
  jail_unreadable: "Its list of bans cannot be read.",
  counters_unreadable: "Its counters cannot be read.",
  ban_unreadable: "Some of its bans cannot be read.",
  bantime_beyond: "A ban is longer than any calendar.",
  setting_unreadable: "Some of its settings cannot be read.",
  zone_differs: "Its times are read in another time zone.",
  allowlist_pending: "The allowlist does not hold there.",
};

/** One problem, without the name of its jail. */
export function ProblemText({ problem }: { problem: ServerProblem }) {
  return (
    <>
      <p>
        {WORDS[problem.code] !== undefined && <strong>{WORDS[problem.code]} </strong>}
        {problem.detail} <span class="muted">since <Ago at={problem.since} /></span>
      </p>
      <p class="hint-line">{problem.hint}</p>
    </>
  );
}

/** All problems of a server, the first few in full. */
export function Problems({ state }: { state: Fail2banState | null }) {
  const problems = state?.problems ?? [];
  if (problems.length === 0) return null;
  return (
    <div class="status-problem" role="status">
      {problems.slice(0, NAMED).map((problem) => (
        <Fragment key={`${problem.code} ${problem.jail}`}>
          {problem.jail !== null && (
            <p>
              The jail <JailLink jail={problem.jail} />:
            </p>
          )}
          <ProblemText problem={problem} />
        </Fragment>
      ))}
      {problems.length > NAMED && <p>And {counted(problems.length - NAMED, "more problem")}.</p>}
    </div>
  );
}
