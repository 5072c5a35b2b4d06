// How a number stands against another one.

import { count } from "./number.ts";

/** From this factor on a percentage is harder to read than the factor itself. */
const MANY_TIMES = 3;

/** "+34 %", "−20 %", "×12", "new", "as before". */
export function change(now: number, before: number): string {
  if (before === 0) return now === 0 ? "as before" : "new";
  const ratio = now / before;
  if (ratio >= MANY_TIMES) return `×${ratio < 10 ? ratio.toFixed(1) : count(Math.round(ratio))}`;
  const percent = Math.round((ratio - 1) * 100);
  if (percent === 0) return "as before";
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent)} %`;
}
