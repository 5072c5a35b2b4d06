// Whether an address or network is banned, by the active bans that hit it: one answer for every page that tells it.

import type { Ban } from "../api/types.ts";
import { isWithin, sameAddress } from "../format/address.ts";
import { count } from "../format/number.ts";

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

/** The state in a sentence. `more` tells that there are more bans than are known. */
export function banSentence(ip: string, { own, around, within }: BanState, more = false): string {
  const parts: string[] = [];
  if (own.length > 0) parts.push(`${ip} is banned in ${own.map((ban) => ban.jail).join(", ")}.`);
  if (around.length > 0) {
    const names = around.map((ban) => `${ban.ip} in ${ban.jail}`).join(", ");
    parts.push(own.length > 0 ? `It is also part of ${names}.` : `${ip} is banned as part of ${names}.`);
  }
  if (within.length > 0) {
    const number = `${more ? "more than " : ""}${count(within.length)} ${within.length === 1 && !more ? "ban lies" : "bans lie"}`;
    parts.push(parts.length > 0 ? `${capital(number)} within it.` : `${ip} itself is not banned, but ${number} within it.`);
  }
  return parts.length === 0 ? `${ip} is not banned.` : parts.join(" ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
