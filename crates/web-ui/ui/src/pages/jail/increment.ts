// How a jail lengthens the bans of those who come back, row by row; what is not set makes no row, and null is what is not known.

import type { BantimeIncrement } from "../../api/types.ts";
import { setting } from "../../format/duration.ts";

/** The rows of the setting `bantime.increment` and its kin. */
export function increment(settings: BantimeIncrement): [name: string, value: string | null][] {
  if (settings.enabled === null) return [["bantime.increment", null]];
  if (!settings.enabled) return [["bantime.increment", "off: every ban is as long as the first"]];
  const rows: [string, string | null][] = [["bantime.increment", "on: who comes back is banned for longer"]];
  const { factor, multipliers, formula, maxtime, rndtime, overalljails } = settings;
  if (factor !== null) rows.push(["bantime.factor", factor]);
  if (multipliers !== null) rows.push(["bantime.multipliers", multipliers]);
  else if (formula !== null) rows.push(["bantime.formula", formula]);
  if (maxtime !== null) rows.push(["bantime.maxtime", setting(maxtime)]);
  if (rndtime !== null) rows.push(["bantime.rndtime", setting(rndtime)]);
  rows.push(["bantime.overalljails", overalljails === null ? null : overalljails ? "yes: bans in every jail count" : "no"]);
  return rows;
}
