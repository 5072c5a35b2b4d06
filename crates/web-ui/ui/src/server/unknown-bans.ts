// Which bans are not known though fail2ban answers: that none is in a list says nothing of them. One answer for every page that
// says who is not banned.

import type { Fail2banState } from "../api/types.ts";
import { count } from "../format/number.ts";
import { listed } from "../format/words.ts";
import { fail2ban } from "../live/live.ts";
import { useStore } from "../state/store.ts";
import { unpolledSince } from "./presence.ts";

/** The jails of which not every ban is known, by their names; or all of them. */
export type UnknownBans = readonly string[] | "all";

/** How many jails are named. */
const NAMED = 3;

const UNREADABLE = new Set(["jail_unreadable", "ban_unreadable"]);

/** Of which jails not every ban is known; `jail` leaves out the others. */
export function unknownBansOf(state: Fail2banState | null, jail?: string): UnknownBans {
  if (state === null) return [];
  if (unpolledSince(state) !== null) return "all";
  const found = state.problems.filter(({ code }) => UNREADABLE.has(code)).flatMap((problem) => problem.jail ?? []);
  return [...new Set(found)].filter((each) => jail === undefined || each === jail);
}

/** What cannot be read, as a part of a sentence; null where every ban is known. */
export function unknownWords(unknown: UnknownBans): string | null {
  if (unknown === "all") return "what fail2ban bans is not recorded";
  if (unknown.length === 0) return null;
  const more = unknown.length - NAMED;
  const names = more > 0 ? [...unknown.slice(0, NAMED), `${count(more)} more`] : [...unknown];
  return `the bans of ${listed(names)} cannot be read`;
}

/** Of which jails not every ban is known now. */
export function useUnknownBans(jail?: string): UnknownBans {
  const state = useStore(fail2ban);
  return unknownBansOf(state, jail);
}
