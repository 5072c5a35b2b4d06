// The first thing to see: whether fail2ban answers, since when, and if not, what is wrong and what to do.

import type { Fail2banState, ListedJail } from "../../api/types.ts";
import { millis } from "../../format/duration.ts";
import { printable } from "../../format/printable.ts";
import { presenceOf, type Standing, standingOf } from "../../server/presence.ts";
import { unreachableSince } from "../../session/session.ts";
import { useStore } from "../../state/store.ts";
import { Ago, Lasting } from "../../ui/moments.tsx";
import { Failure } from "../../ui/notice.tsx";
import { Problems } from "../../system/problems.tsx";
import { Status } from "../../ui/status.tsx";
import { LogTroubles } from "./log-troubles.tsx";

interface StatusLineProps {
  state: Fail2banState | null;
  /** When the newest event happened, where there is one. */
  lastEvent?: string | null;
  /** What they watch is a part of whether it works. */
  jails?: ListedJail[];
  error: unknown;
  onRetry: () => void;
}

const WORDS: Record<Standing, string> = {
  online: "fail2ban is online",
  unpolled: "fail2ban answers, but what it bans is not recorded",
  offline: "fail2ban does not answer",
  hung: "fail2ban hangs: it was asked and does not answer",
  starting: "fail2ban has not answered yet",
};

const LAMPS: Record<Standing, "online" | "offline" | "starting"> = {
  online: "online",
  unpolled: "offline",
  offline: "offline",
  hung: "offline",
  starting: "starting",
};

export function StatusLine({ state, lastEvent = null, jails = [], error, onRetry }: StatusLineProps) {
  const unreachable = useStore(unreachableSince);
  if (state === null) {
    if (error !== null) {
      return <Failure title="The state of fail2ban is not known." error={error} onRetry={onRetry} />;
    }
    return <Status lamp="starting" word="Asking for the state of fail2ban…" busy />;
  }
  const standing = standingOf(state);
  return (
    <Status
      lamp={LAMPS[standing]}
      word={WORDS[standing]}
      facts={[
        state.since !== null && (
          <>
            for <Lasting since={state.since} />
          </>
        ),
        lastEvent !== null && (
          <>
            last event <Ago at={lastEvent} />
          </>
        ),
        state.version !== null && `version ${state.version}`,
        state.state === "online" && state.latency_ms !== null && `answers in ${millis(state.latency_ms)}`,
        state.checked_at !== null && (
          <>
            checked <Ago at={state.checked_at} />
          </>
        ),
      ]}
    >
      {state.problem !== null && (
        <div class="status-problem">
          <p>{printable(state.problem.detail)}</p>
          {state.problem.hint && <p class="hint-line">{printable(state.problem.hint)}</p>}
        </div>
      )}
      <Problems state={state} />
      <LogTroubles jails={jails} presence={presenceOf(state, unreachable)} />
    </Status>
  );
}
