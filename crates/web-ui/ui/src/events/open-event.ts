// The event that is open, as it stands in the address of the page: by its number, and its time to find it by.

import { findEvents } from "../api/events.ts";
import type { BanEvent } from "../api/types.ts";
import { count } from "../format/number.ts";

/** What stands in the address for an event. */
export function openKey({ id, occurred_at }: BanEvent): string {
  return `${id}-${Date.parse(occurred_at)}`;
}

/** Number and moment. The number of an imported event is below zero, and so is a moment before 1970. */
const KEY = /^(-?\d{1,16})-(-?\d{1,15})$/;

const PAGE = 500;
/** Pages of the history that are looked through: many bans can begin in one second. */
const MOST_PAGES = 20;

/** The number of the event that a key stands for; null for what is no key. */
export function openId(key: string | undefined): number | null {
  const id = KEY.exec(key ?? "")?.[1];
  return id === undefined ? null : Number(id);
}

/** Finds the event among those of its moment; null where the history does not have it, or not any more. Fails where more happened
 * at that moment than is looked through. */
export async function findOpen(key: string, signal: AbortSignal): Promise<BanEvent | null> {
  const [, id, at] = KEY.exec(key) ?? [];
  if (id === undefined || at === undefined) return null;
  const time = Number(at);
  const since = new Date(time).toISOString();
  const until = new Date(time + 1).toISOString();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, next } = await findEvents({ q: "", since, until, tz: "", limit: PAGE, cursor }, signal);
    const found = items.find((event) => event.id === Number(id));
    if (found !== undefined) return found;
    if (next === null) return null;
    cursor = next;
  }
  throw new Error(`More than ${count(MOST_PAGES * PAGE)} events happened at its moment. Look for it in the history by its address.`);
}
