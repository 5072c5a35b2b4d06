// Times that tick: how long ago, and how long still. The exact local time is in the title.

import { duration, remaining } from "../format/duration.ts";
import { ago, exact } from "../format/time.ts";
import { useTicking } from "../state/clock.ts";

/** "12 s ago". */
export function Ago({ at }: { at: string }) {
  const text = useTicking((now) => ago(at, now));
  return (
    <time dateTime={at} title={exact(at)}>
      {text}
    </time>
  );
}

/** How long something has lasted: "2 h 14 min". */
export function Lasting({ since }: { since: string }) {
  const text = useTicking((now) => duration((now - Date.parse(since)) / 1_000));
  return (
    <time dateTime={since} title={`since ${exact(since)}`}>
      {text}
    </time>
  );
}

/** What is left of a ban. */
export function Remaining({ until }: { until: string | null }) {
  const text = useTicking((now) => remaining(until, now));
  if (until === null) return <span class="permanent">{text}</span>;
  return (
    <time dateTime={until} title={`until ${exact(until)}`}>
      {text}
    </time>
  );
}
