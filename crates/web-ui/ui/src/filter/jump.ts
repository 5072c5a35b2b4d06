// Going to a moment in the history: a view that ends before it, or begins after it, would show nothing there, and so is widened.

import { hasName, withoutName } from "./query.ts";
import { instant, USUAL_PERIOD, type View } from "./view.ts";

/** The stretch of time that a view stands for, in epoch milliseconds. Not finite where the view has no bound on that side. */
export interface Bounds {
  since: number;
  until: number;
}

/**
 * The bounds of a view at the moment `now`. What the query itself says of the time only the server can read: `told` is the
 * period that it has answered with. Null while that is not known.
 */
export function boundsOf({ q, since, until }: View, now: number, told: { since: string; until: string } | null): Bounds | null {
  const typed = (since === "" && hasName(q, "since")) || (until === "" && hasName(q, "until"));
  if (typed) return told === null ? null : { since: Date.parse(told.since), until: Date.parse(told.until) };
  const end = until === "" ? Number.POSITIVE_INFINITY : (instant(until, now) ?? now);
  if (since === "all") return { since: Number.NEGATIVE_INFINITY, until: end };
  const begin = since === "" ? instant(USUAL_PERIOD, Number.isFinite(end) ? end : now) : instant(since, now);
  return { since: begin ?? Number.NEGATIVE_INFINITY, until: end };
}

/**
 * The view in which the events before the moment `at` are to be found. It is the same view where it reaches that far. Else the
 * side that is too narrow is opened: one goes to a time in order to read on from there. A view whose bounds are not known stays.
 */
export function viewAround(view: View, at: number, bounds: Bounds | null): View {
  if (bounds === null) return view;
  let { q, since, until } = view;
  if (at <= bounds.since) {
    q = withoutName(q, "since");
    since = "all";
  }
  if (at > bounds.until) {
    q = withoutName(q, "until");
    until = "";
  }
  return { q, since, until };
}
