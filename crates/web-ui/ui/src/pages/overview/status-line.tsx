// The first thing to see: whether fail2ban answers, since when, and if not, what is wrong and what to do.

import type { Fail2banState } from "../../api/types.ts";
import { Ago, Lasting } from "../../ui/moments.tsx";
import { Failure } from "../../ui/notice.tsx";

interface StatusLineProps {
  state: Fail2banState | null;
  error: unknown;
  onRetry: () => void;
}

const WORDS: Record<Fail2banState["state"], string> = {
  online: "fail2ban is online",
  offline: "fail2ban does not answer",
  starting: "fail2ban has not answered yet",
};

export function StatusLine({ state, error, onRetry }: StatusLineProps) {
  if (state === null) {
    if (error !== null) {
      return <Failure title="The state of fail2ban is not known." error={error} onRetry={onRetry} />;
    }
    return (
      <div class="status" aria-busy="true">
        <span class="lamp lamp-starting" aria-hidden="true" />
        <div>
          <p class="status-word">Asking for the state of fail2ban…</p>
          <p class="status-facts">
            <span class="bone" />
          </p>
        </div>
      </div>
    );
  }
  return (
    <div class={`status status-${state.state}`}>
      <span class={`lamp lamp-${state.state}`} aria-hidden="true" />
      <div>
        <p class="status-word" role="status">
          {WORDS[state.state] ?? state.state}
        </p>
        <ul class="status-facts">
          {state.since !== null && (
            <li>
              for <Lasting since={state.since} />
            </li>
          )}
          {state.version !== null && <li>version {state.version}</li>}
          {state.state === "online" && state.latency_ms !== null && <li>answers in {latency(state.latency_ms)}</li>}
          {state.checked_at !== null && (
            <li>
              checked <Ago at={state.checked_at} />
            </li>
          )}
        </ul>
        {state.problem !== null && (
          <div class="status-problem">
            <p>{state.problem.detail}</p>
            {state.problem.hint && <p class="hint-line">{state.problem.hint}</p>}
          </div>
        )}
      </div>
    </div>
  );
}

function latency(ms: number): string {
  if (ms < 1) return "under 1 ms";
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
