// What is wrong with what a jail watches, and what to do about it. A jail that reads the wrong log, or none, looks like one
// that nobody attacks.

import { type ComponentChildren, Fragment } from "preact";
import type { Jail, ListedJail } from "../api/types.ts";
import { printable } from "../format/printable.ts";
import { answers, type Presence } from "../server/presence.ts";

/** How many files are named. */
const NAMED = 3;

/** Whether it is known that a jail cannot find everything that it should. */
function hasLogTrouble({ log }: Pick<ListedJail, "log">): boolean {
  return log === "nothing" || log === "missing";
}

/** Whether a jail has counted nothing at all, which may be right. */
export function isSilent(jail: Jail): boolean {
  return jail.total_failed === 0 && jail.total_banned === 0;
}

/** What is to be said of a jail beside its counters: what is wrong with its log, or that it has found nothing. */
export type JailRemark = "problem" | "log" | "silent" | null;

/**
 * The one remark on a jail, which every page that shows it makes. What is wrong explains why nothing was found. Of a fail2ban that
 * does not answer there is nothing to say but that: what its jails read and find now, nobody knows.
 */
export function jailRemark(jail: Jail, watched: Pick<ListedJail, "log" | "problem"> | null, presence: Presence): JailRemark {
  if (!answers(presence)) return null;
  if (watched !== null && hasLogTrouble(watched)) return "log";
  if (watched !== null && watched.problem !== null) return "problem";
  return isSilent(jail) ? "silent" : null;
}

/** The rest of a sentence that begins with the jail, and what to do. */
export function logTrouble({ log, watches }: Pick<ListedJail, "log" | "watches">): { what: ComponentChildren; todo: ComponentChildren } {
  if (log === "nothing") {
    return {
      what: "reads no log file and no journal, so it finds nothing.",
      todo: (
        <>
          Set its <code>logpath</code> in <code>jail.local</code> to the log of what it guards, or <code>backend = systemd</code>,
          and reload fail2ban. Its own log says why it found none.
        </>
      ),
    };
  }
  const missing = watches.files.filter(({ state }) => state === "missing");
  return {
    what: (
      <>
        reads{" "}
        {missing.slice(0, NAMED).map(({ path }, index) => (
          <Fragment key={path}>
            {index > 0 && ", "}
            <code>{printable(path)}</code>
          </Fragment>
        ))}
        {missing.length > NAMED && ` and ${missing.length - NAMED} more`}, which {missing.length > 1 ? "were" : "was"} there and{" "}
        {missing.length > 1 ? "are" : "is"} gone.
      </>
    ),
    todo: (
      <>
        If the log has another name now, correct <code>logpath</code> in <code>jail.local</code> and reload fail2ban. If not, see
        whether its rotation, or the service that writes it, makes it again.
      </>
    ),
  };
}
