// Stretches of time of which the history knows nothing, in words.

import type { Gap, Timeline } from "../api/history.ts";

/** "not watched": what a gap is, as short as a label has to be. */
export function gapWords(cause: Gap["cause"]): string {
  switch (cause) {
    case "unwatched":
      return "not watched";
    case "fail2ban_away":
      return "fail2ban away";
    default:
      // A newer server may know more causes than this page.
      return "unknown";
  }
}

/** The first gap that touches a stretch of time. */
export function gapIn({ gaps }: Timeline, since: number, until: number): Gap | null {
  return gaps.find((gap) => Date.parse(gap.since) < until && Date.parse(gap.until) > since) ?? null;
}
