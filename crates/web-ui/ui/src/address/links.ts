// From a number about an address to the events behind it.

import { addTerm, EMPTY_VIEW } from "../filter/view.ts";
import { href } from "../routes/routes.ts";

/** The events of an address or network, of all time, narrowed down by further terms. */
export function eventsOf(ip: string, ...terms: [name: string, value: string][]): string {
  const q = [["ip", ip] as const, ...terms].reduce((q, [name, value]) => addTerm(q, name, value), "");
  return href({ page: "events", view: { ...EMPTY_VIEW, q, since: "all" } });
}
