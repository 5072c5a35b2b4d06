// The event that is open, as it stands in the address of the page: by its number, and its time to find it by.

import { findEvents } from "../api/events.ts";
import type { BanEvent } from "../api/types.ts";

/** What stands in the address for an event. */
export function openKey({ id, occurred_at }: BanEvent): string {
  return `${id}-${Date.parse(occurred_at)}`;
}

/** The number of the event that a key stands for; null for what is no key. */
export function openId(key: string | undefined): number | null {
  const id = /^(\d+)-(\d+)$/.exec(key ?? "")?.[1];
  return id === undefined ? null : Number(id);
}

/** Finds the event among those of its moment; null where it is in the history no more. */
export async function findOpen(key: string, signal: AbortSignal): Promise<BanEvent | null> {
  const [, id, at] = /^(\d+)-(\d{1,15})$/.exec(key) ?? [];
  if (id === undefined || at === undefined) return null;
  const time = Number(at);
  const since = new Date(time).toISOString();
  const until = new Date(time + 1).toISOString();
  const { items } = await findEvents({ q: "", since, until, tz: "", limit: 200 }, signal);
  return items.find((event) => event.id === Number(id)) ?? null;
}
