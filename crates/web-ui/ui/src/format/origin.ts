// How a ban or unban came about, in words.

import type { Origin } from "../api/types.ts";

interface Cause {
  origin: Origin;
  by: string | null;
}

/** "detected", "by alice", "outside BanGUI", "restored at start", "ban time over". */
export function cause({ origin, by }: Cause): string {
  switch (origin) {
    case "detected":
      return "detected";
    case "manual":
      return by === null ? "outside BanGUI" : `by ${by}`;
    case "restored":
      return "restored at start";
    case "expired":
      return "ban time over";
    default:
      // A newer server may know more origins than this page.
      return String(origin);
  }
}
