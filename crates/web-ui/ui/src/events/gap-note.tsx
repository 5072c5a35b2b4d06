// Says that something is missing in the history, so that silence is not taken for peace.

import type { Gap } from "../api/history.ts";
import { gapWords } from "../charts/gaps.ts";
import { duration } from "../format/duration.ts";
import { exact } from "../format/time.ts";

export function GapNote({ gap }: { gap: Gap }) {
  const seconds = (Date.parse(gap.until) - Date.parse(gap.since)) / 1_000;
  return (
    <span class="gap">
      <strong>
        {gapWords(gap.cause)} for {duration(seconds)}
      </strong>
      <span>
        from <time dateTime={gap.since}>{minutes(gap.since)}</time> to <time dateTime={gap.until}>{minutes(gap.until)}</time>.
        What happened then may be missing.
      </span>
    </span>
  );
}

/** Seconds and the offset say nothing about a gap. */
function minutes(at: string): string {
  return exact(at).slice(0, 16);
}
