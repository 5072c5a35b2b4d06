// The scheduler lock: who holds it, and what that means for this process.

import type { ComponentChildren } from "preact";
import type { Scheduler, System } from "../../api/types.ts";
import { holderWords } from "../../system/holder.ts";
import { Lasting } from "../../ui/moments.tsx";
import { Failure } from "../../ui/notice.tsx";
import { Status } from "../../ui/status.tsx";

interface LockStatusProps {
  system: System | null;
  error: unknown;
  onRetry: () => void;
}

export function LockStatus({ system, error, onRetry }: LockStatusProps) {
  if (system === null) {
    if (error !== null) return <Failure title="Who schedules is not known." error={error} onRetry={onRetry} />;
    return <Status lamp="starting" word="Asking who schedules the jobs…" busy />;
  }
  const { scheduler } = system;
  const { holder, since, token } = scheduler;
  const { lamp, word, meaning } = standing(scheduler);
  return (
    <Status
      lamp={lamp}
      word={word}
      facts={[
        since !== null && (
          <>
            for <Lasting since={since} />
          </>
        ),
        holder !== null && `${scheduler.role === "lost" ? "last known: " : ""}${holderWords(holder)}`,
        holder !== null && `version ${holder.version}`,
        token !== null && <span title="Grows by one with every change of holder">token {token}</span>,
      ]}
    >
      {lamp === "offline" ? (
        <div class="status-problem">{meaning}</div>
      ) : (
        <p class="status-meaning">{meaning}</p>
      )}
    </Status>
  );
}

interface Standing {
  lamp: "online" | "offline" | "starting" | "standby";
  word: string;
  meaning: ComponentChildren;
}

function standing({ role, holder }: Scheduler): Standing {
  switch (role) {
    case "leader":
      return {
        lamp: "online",
        word: "This process schedules the jobs",
        meaning: "It holds the scheduler lock, so it alone watches fail2ban for new bans and begins the jobs below.",
      };
    case "standby":
      if (holder === null) {
        return {
          lamp: "starting",
          word: "No process schedules the jobs",
          meaning: "Nobody holds the scheduler lock. A process takes it within seconds; until then no job begins.",
        };
      }
      return {
        lamp: "standby",
        word: "Another process schedules the jobs",
        meaning: "This one stands by: it answers requests, and takes over when the holder of the lock is gone.",
      };
    case "lost":
      return {
        lamp: "offline",
        word: "This process has lost the scheduler lock",
        meaning: (
          <>
            <p>
              Another process took the lock, or it could not be renewed because the database did not answer. This
              process begins no job.
            </p>
            <p class="hint-line">
              It tries to get the lock back by itself. If that lasts, look at its log and at the database.
            </p>
          </>
        ),
      };
    default:
      // A newer server may know more roles than this page.
      return { lamp: "starting", word: String(role), meaning: "This page is older than the server. Reload it." };
  }
}
