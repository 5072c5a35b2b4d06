// Says that what is shown could not be refreshed, why, and of when it is. Says nothing while all is well.

import { messageOf } from "../api/problem.ts";
import { exact } from "../format/time.ts";
import type { Resource } from "../state/resource.ts";

export function Stale({ of }: { of: Resource<unknown> }) {
  const { value, asOf, error } = of;
  const shown = value !== null && asOf !== null && error !== null;
  // A time that ticks would be read out again each second.
  return (
    <div role="status">
      {shown && (
        <p class="stale">
          <strong>Not refreshed.</strong> {messageOf(error)} Shown as of {exact(new Date(asOf).toISOString())}.
        </p>
      )}
    </div>
  );
}
