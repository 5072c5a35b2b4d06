// Says that what stands beside it is the last that was known of fail2ban, and of when that is. Says nothing while it is there.

import { fail2ban } from "../live/live.ts";
import { useStore } from "../state/store.ts";
import { Ago } from "../ui/moments.tsx";
import { isAway, unpolledSince, usePresence } from "./presence.ts";

/** `at` is when it was true (RFC 3339), where that is known better than by when fail2ban went away. */
export function LastKnown({ at = null }: { at?: string | null }) {
  const state = useStore(fail2ban);
  const presence = usePresence();
  if (!isAway(presence)) return null;
  if (presence === "unreachable") return <strong class="last-known">As it was before BanGUI's server stopped answering.</strong>;
  const unpolled = state === null ? null : unpolledSince(state);
  const since = at ?? (presence === "unpolled" ? unpolled : state?.since) ?? null;
  return (
    <strong class="last-known">
      {since === null ? "As it was" : <>As of <Ago at={since} /></>}
      {presence === "unpolled" ? ". Nothing has been recorded since." : ", before fail2ban stopped answering."}
    </strong>
  );
}
