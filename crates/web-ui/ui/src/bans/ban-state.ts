// Whether an address or network is banned, by the active bans that hit it: one answer for every page that tells it.

import type { Ban } from "../api/types.ts";
import { isWithin, sameAddress } from "../format/address.ts";
import { count } from "../format/number.ts";
import { capital } from "../format/words.ts";
import { type UnknownBans, unknownWords } from "../server/unknown-bans.ts";

/** Active bans, told apart by what they are to one address or network. */
export interface BanState {
  /** Of itself. */
  own: Ban[];
  /** Of networks around it. */
  around: Ban[];
  /** Of what lies within it. */
  within: Ban[];
}

export function banState(ip: string, bans: readonly Ban[]): BanState {
  const state: BanState = { own: [], around: [], within: [] };
  for (const ban of bans) {
    if (sameAddress(ban.ip, ip)) state.own.push(ban);
    else if (isWithin(ip, ban.ip)) state.around.push(ban);
    else if (isWithin(ban.ip, ip)) state.within.push(ban);
  }
  return state;
}

/** Whether any ban hits all of it. */
export function isBanned({ own, around }: BanState): boolean {
  return own.length > 0 || around.length > 0;
}

interface Told {
  /** There are more bans than `state` has. */
  more?: boolean;
  /** Of which jails not every ban is known: that there is none among the known ones does not mean that there is none. */
  unknown?: UnknownBans;
}

/** The state in a sentence. */
export function banSentence(ip: string, { own, around, within }: BanState, { more = false, unknown = [] }: Told = {}): string {
  const words = unknownWords(unknown);
  const parts: string[] = [];
  if (own.length > 0) parts.push(`${ip} is banned in ${own.map((ban) => ban.jail).join(", ")}.`);
  if (around.length > 0) {
    const names = around.map((ban) => `${ban.ip} in ${ban.jail}`).join(", ");
    parts.push(own.length > 0 ? `It is also part of ${names}.` : `${ip} is banned as part of ${names}.`);
  }
  if (within.length > 0) {
    const number = `${more ? "more than " : ""}${count(within.length)} ${within.length === 1 && !more ? "ban lies" : "bans lie"}`;
    const itself = words === null ? `${ip} itself is not banned` : `No ban of ${ip} itself is known`;
    parts.push(parts.length > 0 ? `${capital(number)} within it.` : `${itself}, but ${number} within it.`);
  }
  if (parts.length === 0) return words === null ? `${ip} is not banned.` : `No ban of ${ip} is known; ${words}.`;
  // That nothing at all is recorded stands beside all that is said.
  return [...parts, ...(words === null || unknown === "all" ? [] : [`${capital(words)}.`])].join(" ");
}
