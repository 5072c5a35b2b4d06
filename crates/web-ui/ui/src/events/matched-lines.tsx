// The log lines that made fail2ban ban, where it handed them over.

import { getMatches } from "../api/events.ts";
import { Problem } from "../api/problem.ts";
import { useResource } from "../state/resource.ts";
import { Failure } from "../ui/notice.tsx";
import { LogLine } from "./log-line.tsx";

export function MatchedLines({ ban }: { ban: number }) {
  const { value, error, reload } = useResource(`matches ${ban}`, (signal) => getMatches(ban, signal));
  if (error instanceof Problem && error.status === 404) return <p class="muted">No log lines are kept for this ban.</p>;
  if (value === null && error !== null) {
    return <Failure title="The log lines could not be loaded." error={error} onRetry={reload} />;
  }
  if (value === null) return <p class="log-lines" aria-busy="true"><span class="bone" /></p>;
  return (
    <>
      <ol class="log-lines" tabIndex={0} aria-label="Matched log lines">
        {value.lines.map((line, index) => (
          <li key={index}>
            <LogLine text={line} />
          </li>
        ))}
      </ol>
      {value.cut && <p class="muted">There were more, or longer ones, than are kept.</p>}
    </>
  );
}
