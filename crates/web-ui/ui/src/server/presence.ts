// Whether fail2ban is there: one answer for every page, button and badge. What fail2ban said is the truth only while it is.

import type { Fail2banState } from "../api/types.ts";
import { fail2ban } from "../live/live.ts";
import { unreachableSince } from "../session/session.ts";
import { useStore } from "../state/store.ts";

/**
 * `unknown` until BanGUI has said anything; `unreachable` while BanGUI itself does not answer; `unpolled` while fail2ban answers,
 * but what it bans is not recorded.
 */
export type Presence = "unknown" | "unreachable" | Standing;

/** How fail2ban stands by what BanGUI said last. */
export type Standing = "unpolled" | Fail2banState["state"];

/** How fail2ban stands, by its last known state and since when no call of the API has been answered. */
export function presenceOf(state: Fail2banState | null, unreachable: number | null): Presence {
  if (unreachable !== null) return "unreachable";
  return state === null ? "unknown" : standingOf(state);
}

export function standingOf(state: Fail2banState): Standing {
  return state.state === "online" && unpolledSince(state) !== null ? "unpolled" : state.state;
}

/** Since when what fail2ban bans is not recorded, though it answers (RFC 3339); null where it is. */
export function unpolledSince(state: Fail2banState): string | null {
  return state.problems.find(({ code }) => code === "unpolled")?.since ?? null;
}

/** Whether what is shown of fail2ban may not be so any more. */
export function isAway(presence: Presence): boolean {
  return presence === "offline" || presence === "hung" || presence === "unreachable" || presence === "unpolled";
}

/** Whether what is said of how fail2ban runs now may be said: as far as is known, it answers. */
export function answers(presence: Presence): boolean {
  return obstacleOf(presence) === null;
}

/** Why fail2ban cannot be told to do anything now; null where nothing speaks against it. */
export function obstacleOf(presence: Presence): string | null {
  switch (presence) {
    case "unreachable":
      return "BanGUI's server does not answer. Nothing can be banned or unbanned until it does.";
    case "offline":
      return "fail2ban does not answer. Nothing can be banned or unbanned until it does.";
    case "hung":
      return "fail2ban hangs. Nothing can be banned or unbanned until it answers again.";
    case "starting":
      return "fail2ban has not answered yet. Nothing can be banned or unbanned until it does.";
    default:
      return null;
  }
}

export function usePresence(): Presence {
  const state = useStore(fail2ban);
  const unreachable = useStore(unreachableSince);
  return presenceOf(state, unreachable);
}

/** Why the buttons of a page that act on fail2ban are off; null while they are on. */
export function useObstacle(): string | null {
  return obstacleOf(usePresence());
}
