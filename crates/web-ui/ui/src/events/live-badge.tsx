// Says whether what is on the screen is live, and holds it still on request.

import { connection, feed } from "../live/live.ts";
import { pause } from "../live/feed.ts";
import { count } from "../format/number.ts";
import { isAway, usePresence } from "../server/presence.ts";
import { useUnknownBans } from "../server/unknown-bans.ts";
import { useTicking } from "../state/clock.ts";
import { useStore } from "../state/store.ts";

/** The state of the newest events: of all jails, as on the overview, or of one. */
export function LiveBadge({ jail }: { jail?: string }) {
  const { paused, heldCount } = useStore(feed);
  const presence = usePresence();
  const unknown = useUnknownBans(jail);
  if (jail !== undefined && presence === "online" && unknown.length > 0) return <span class="badge badge-bad">not all recorded</span>;
  return <StateBadge paused={paused} held={heldCount} />;
}

/** Whether a list is live, in a word. The stream alone does not make it so: while fail2ban is away, nothing can come through it. */
export function StateBadge({ paused, held }: { paused: boolean; held: number }) {
  const state = useStore(connection);
  const presence = usePresence();
  const wait = useTicking(() => {
    if (state.phase !== "waiting") return "";
    const seconds = Math.ceil((state.until - Date.now()) / 1_000);
    return seconds > 0 ? ` in ${seconds} s` : "";
  });
  if (state.phase === "waiting") return <span class="badge badge-bad">reconnecting{wait}</span>;
  if (state.phase === "connecting") return <span class="badge badge-wait">connecting…</span>;
  if (state.phase === "refused") return <span class="badge badge-bad">not connected</span>;
  if (presence === "unreachable") return <span class="badge badge-bad">not connected</span>;
  if (presence === "unpolled") return <span class="badge badge-bad">not recorded</span>;
  if (isAway(presence)) return <span class="badge badge-bad">waiting for fail2ban</span>;
  if (presence === "starting") return <span class="badge badge-wait">waiting for fail2ban</span>;
  if (paused) return <span class="badge badge-wait">paused{held > 0 ? ` · ${count(held)} new` : ""}</span>;
  return <span class="badge badge-good">live</span>;
}

export function PauseButton() {
  const paused = useStore(feed, (feed) => feed.paused);
  return (
    <button type="button" class="small" onClick={() => feed.update((current) => pause(current, !paused))}>
      {paused ? "Resume" : "Pause"}
    </button>
  );
}
