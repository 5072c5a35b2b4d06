// The jails of fail2ban: what they count, as it happens, and what they watch, as of a moment ago.

import { getJails } from "../../api/endpoints.ts";
import type { JailList, ListedJail } from "../../api/types.ts";
import { liveJails } from "../../live/live.ts";
import { useReconnected } from "../../live/use-live.ts";
import { type Presence, usePresence } from "../../server/presence.ts";
import { useRefresh } from "../../state/refresh.ts";
import { type Resource, useResource } from "../../state/resource.ts";
import { useStore } from "../../state/store.ts";

/** fail2ban is asked what its jails watch twice a minute. */
const WATCHED_MS = 15_000;

const UNSEEN: Pick<ListedJail, "log" | "watches" | "problem"> = { problem: null, log: "unknown", watches: { files: [], journal: [] } };

export interface KnownJails {
  loaded: Resource<JailList>;
  /** Null while they are on their way. */
  jails: ListedJail[] | null;
  observedAt: string | null;
  presence: Presence;
}

export function useJails(): KnownJails {
  const loaded = useResource("jails", getJails);
  useRefresh(loaded, WATCHED_MS);
  const live = useStore(liveJails);
  useReconnected(loaded.reload);
  const presence = usePresence();
  const listed = new Map(loaded.value?.items.map((jail) => [jail.name, jail]));
  const counted = live?.items.map((jail) => {
    const { log, watches, problem } = listed.get(jail.name) ?? UNSEEN;
    return { ...jail, log, watches, problem };
  });
  return {
    loaded,
    jails: counted ?? loaded.value?.items ?? null,
    observedAt: live?.observed_at ?? loaded.value?.observed_at ?? null,
    // The list itself says it first, on a page that is just opened.
    presence: presence === "unknown" && loaded.value?.online === false ? "offline" : presence,
  };
}
