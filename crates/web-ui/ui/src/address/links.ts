// From a number about an address to the events behind it.

import { addTerm, EMPTY_VIEW, type View } from "../filter/view.ts";
import { href } from "../routes/routes.ts";

/** All that ever happened to an address or network. */
export function viewOf(ip: string): View {
  return { ...EMPTY_VIEW, q: addTerm("", "ip", ip), since: "all" };
}

/** The same for what counts bans: restored ones are as much its bans as the others, though they are no new attacks. */
export function countedViewOf(ip: string): View {
  const view = viewOf(ip);
  return { ...view, q: `${view.q} origin:detected,manual,restored` };
}

/** The events of an address or network, of all time, narrowed down by further terms. */
export function eventsOf(ip: string, ...terms: [name: string, value: string][]): string {
  const view = viewOf(ip);
  const q = terms.reduce((q, [name, value]) => addTerm(q, name, value), view.q);
  return href({ page: "events", view: { ...view, q } });
}
