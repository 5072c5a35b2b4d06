// Keeps a loaded list of bans true while events arrive, without loading it again. Knows no connection and no page.

import type { Ban, BanEvent, BanSort } from "../api/types.ts";
import { concerns } from "../format/address.ts";

/** Which bans a list shows, and in which order. */
export interface BanView {
  jail?: string | undefined;
  /** Only bans of this address or network, of networks around it, and of what lies within it. */
  ip?: string | undefined;
  q: string;
  sort: BanSort;
}

/** The list after some events, in the order in which they came. The same list where they do not concern it. */
export function applyEvents(bans: Ban[], events: BanEvent[], view: BanView): Ban[] {
  let current = bans;
  for (const event of events) {
    if (view.jail !== undefined && event.jail !== view.jail) continue;
    if (view.ip !== undefined && !concerns(event.ip, view.ip)) continue;
    const others = without(current, event.ip, event.jail);
    current = event.kind === "ban" && matches(event, view.q) ? insert(others, banOf(event), view.sort) : others;
  }
  return current;
}

/** The list with a ban that was just made; an older one of the same address in the same jail gives way. */
export function insert(bans: Ban[], ban: Ban, sort: BanSort): Ban[] {
  const others = without(bans, ban.ip, ban.jail);
  const at = others.findIndex((other) => compare(ban, other, sort) <= 0);
  return at === -1 ? [...others, ban] : [...others.slice(0, at), ban, ...others.slice(at)];
}

/** The list without an address, in one jail or in all. */
export function without(bans: Ban[], ip: string, jail?: string): Ban[] {
  const kept = bans.filter((ban) => ban.ip !== ip || (jail !== undefined && ban.jail !== jail));
  return kept.length === bans.length ? bans : kept;
}

function banOf({ ip, jail, banned_at, expires_at, bantime, ban_count, origin, by, reason }: BanEvent): Ban {
  return { ip, jail, banned_at, expires_at, bantime, ban_count, origin, by, reason };
}

function matches(event: BanEvent, q: string): boolean {
  if (q === "") return true;
  const wanted = q.toLowerCase();
  return [event.ip, event.reason, event.by].some((text) => text?.toLowerCase().includes(wanted));
}

function compare(a: Ban, b: Ban, sort: BanSort): number {
  const descending = sort.startsWith("-");
  const key = descending ? sort.slice(1) : sort;
  const order = key === "ip" || key === "jail" ? compareText(a[key], b[key]) : moment(a, key) - moment(b, key);
  return descending ? -order : order;
}

function compareText(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** A permanent ban ends after every other. */
function moment(ban: Ban, key: string): number {
  const at = key === "expires_at" ? ban.expires_at : ban.banned_at;
  return at === null ? Number.MAX_SAFE_INTEGER : Date.parse(at);
}
