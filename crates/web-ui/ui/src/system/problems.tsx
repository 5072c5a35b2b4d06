// What is wrong with a fail2ban that answers, or with one of its jails: each with fail2ban's own words and what to do.

import { Fragment } from "preact";
import type { Fail2banState, ServerProblem, ServerProblemCode } from "../api/types.ts";
import { count, counted } from "../format/number.ts";
import { printable } from "../format/printable.ts";
import { href } from "../routes/routes.ts";
import { JailLink } from "../ui/links.tsx";
import { Ago } from "../ui/moments.tsx";

/** How many problems are shown in full where they are not the page's own subject. */
const SHOWN = 5;
/** How many jails are named of those that are not shown in full. */
const NAMED = 20;

export const PROBLEM_WORDS: Record<ServerProblemCode, string> = {
  unpolled: "What fail2ban bans is not recorded.",
  jail_unreadable: "Its list of bans cannot be read.",
  counters_unreadable: "Its counters cannot be read.",
  ban_unreadable: "Some of its bans cannot be read.",
  bantime_beyond: "A ban is longer than any calendar.",
  setting_unreadable: "Some of its settings cannot be read.",
  database_unreadable: "fail2ban's database cannot be read.",
  zone_differs: "Its times are read in another time zone.",
  allowlist_pending: "The allowlist does not hold there.",
};

/** One problem, without the name of its jail. */
export function ProblemText({ problem }: { problem: ServerProblem }) {
  const words = PROBLEM_WORDS[problem.code];
  return (
    <>
      <p>
        {words !== undefined && <strong>{words} </strong>}
        {printable(problem.detail)} <span class="muted">since <Ago at={problem.since} /></span>
      </p>
      <p class="hint-line">{printable(problem.hint)}</p>
    </>
  );
}

interface ProblemsProps {
  state: Fail2banState | null;
  /** All of them in full, instead of the first few, the jails of the others, and the way to here. */
  all?: boolean;
}

/** The problems of a server. */
export function Problems({ state, all = false }: ProblemsProps) {
  const problems = state?.problems ?? [];
  if (problems.length === 0) return null;
  const shown = all ? problems : problems.slice(0, SHOWN);
  return (
    <div class="status-problem" role="status">
      {shown.map((problem) => (
        <Fragment key={`${problem.code} ${problem.jail}`}>
          {problem.jail !== null && (
            <p>
              The jail <JailLink jail={problem.jail} />:
            </p>
          )}
          <ProblemText problem={problem} />
        </Fragment>
      ))}
      {problems.length > shown.length && <Rest problems={problems.slice(shown.length)} />}
    </div>
  );
}

/** The problems that are not shown in full, by their jails. */
function Rest({ problems }: { problems: ServerProblem[] }) {
  const jails = [...new Set(problems.flatMap(({ jail }) => jail ?? []))];
  return (
    <p>
      And {counted(problems.length, "more problem")}
      {jails.slice(0, NAMED).map((jail, index) => (
        <Fragment key={jail}>
          {index === 0 ? " of " : ", "}
          <JailLink jail={jail} />
        </Fragment>
      ))}
      {jails.length > NAMED && ` and ${count(jails.length - NAMED)} more jails`}. The{" "}
      <a href={href({ page: "system" })}>System page</a> has all of them.
    </p>
  );
}
