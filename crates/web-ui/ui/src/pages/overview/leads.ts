// Where the numbers of the overview lead: to the bans that they count, or to the same page with a narrower view.

import type { Dimension } from "../../api/history.ts";
import { addTerm, type View } from "../../filter/view.ts";
import { isAddress } from "../../format/address.ts";
import { href } from "../../routes/routes.ts";

/** The names of the query language for what bans are counted by. */
const TERMS: Record<Dimension, string> = {
  jail: "jail",
  origin: "origin",
  country: "country",
  network: "network",
  address: "ip",
};

export interface Stretch {
  since: number;
  until: number;
}

/** Whether the query language has a word for a group: it has none for networks that nobody knows, nor for what is no address. */
export function canName(by: Dimension, key: string): boolean {
  if (by === "address") return isAddress(key);
  return by !== "network" || key !== "unknown";
}

/** The view with only the bans of one group. */
export function narrowed(view: View, by: Dimension, key: string): View {
  return { ...view, q: addTerm(view.q, TERMS[by], key) };
}

/** The view without the bans of these groups. */
export function without(view: View, by: Dimension, keys: string[]): View {
  return { ...view, q: keys.reduce((q, key) => addTerm(q, `-${TERMS[by]}`, key), view.q) };
}

/** The view within a stretch of time. */
export function within(view: View, { since, until }: Stretch): View {
  return { ...view, since: new Date(since).toISOString(), until: new Date(until).toISOString() };
}

/** The page with the bans of one group; null where it cannot be named. */
export function bansOfGroup(view: View, by: Dimension, key: string): string | null {
  return canName(by, key) ? bansOf(narrowed(view, by, key)) : null;
}

/** The page with the bans of a view. */
export function bansOf(view: View): string {
  return href({ page: "events", view: { ...view, q: addTerm(view.q, "kind", "ban") } });
}
