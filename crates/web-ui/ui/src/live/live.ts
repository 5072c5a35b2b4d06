// The one live connection of the pages: feeds what arrives to the stores, many messages per frame at a time.

import { address } from "../api/client.ts";
import { EVENT_STREAM, getSystem } from "../api/endpoints.ts";
import { reportCall, reportSessionRequired } from "../api/client.ts";
import type { BanEvent, Fail2banState, Jail } from "../api/types.ts";
import { createStore } from "../state/store.ts";
import { connect, type ConnectionState, type Message } from "./connection.ts";
import { arrive, EMPTY_FEED } from "./feed.ts";

/** How the connection stands. */
export const connection = createStore<ConnectionState>({ phase: "connecting" });

/** The newest events. */
export const feed = createStore(EMPTY_FEED);

/** The counters of all jails, by the last message; null until the first. */
export const liveJails = createStore<{ items: Jail[]; observed_at: string | null } | null>(null);

/** Whether fail2ban answers; null until it is known. */
export const fail2ban = createStore<Fail2banState | null>(null);

/** Under a flood only the newest of a frame matter: lists show fewer than these. */
const MOST_PER_FRAME = 1_000;

/** How often the state of fail2ban is asked for, beside what the stream tells. */
const ASK_EVERY_MS = 30_000;

const eventWatchers = new Set<(events: BanEvent[]) => void>();
let queue: Message[] = [];
let scheduled = false;

/** Calls `watcher` with each batch of events that arrives; returns how to stop that. */
export function watchEvents(watcher: (events: BanEvent[]) => void): () => void {
  eventWatchers.add(watcher);
  return () => eventWatchers.delete(watcher);
}

/** Connects, and keeps the state of fail2ban fresh, until the returned function is called. */
export function startLive(): () => void {
  const disconnect = connect(address(EVENT_STREAM), {
    message: enqueue,
    state: (state) => connection.set(state),
    sessionRequired: reportSessionRequired,
    reached: reportCall,
  });
  const ask = (): void => {
    if (document.visibilityState === "hidden") return;
    getSystem().then(
      (system) => fail2ban.set(system.fail2ban),
      // A failed call shows as the server being unreachable or the session being over, which the client reports.
      () => undefined,
    );
  };
  const timer = setInterval(ask, ASK_EVERY_MS);
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    disconnect();
    clearInterval(timer);
    document.removeEventListener("visibilitychange", ask);
    feed.set(EMPTY_FEED);
    liveJails.set(null);
    fail2ban.set(null);
  };
}

function enqueue(message: Message): void {
  queue.push(message);
  if (queue.length > MOST_PER_FRAME * 2) queue = queue.slice(-MOST_PER_FRAME);
  if (scheduled) return;
  scheduled = true;
  // A hidden page gets no frames, and must not pile up what arrives.
  if (document.visibilityState === "hidden") setTimeout(flush, 1_000);
  else requestAnimationFrame(flush);
}

function flush(): void {
  const batch = queue;
  queue = [];
  scheduled = false;
  const events: BanEvent[] = [];
  for (const { event, data } of batch) {
    const body = parsed(data);
    if (body === null) continue;
    if (event === "ban" || event === "unban") events.push(body as BanEvent);
    else if (event === "jails") liveJails.set(body as { items: Jail[]; observed_at: string });
    else if (event === "online" || event === "offline") fail2ban.set(body as Fail2banState);
  }
  if (events.length === 0) return;
  feed.update((current) => arrive(current, events));
  for (const watcher of [...eventWatchers]) watcher(events);
}

function parsed(data: string): unknown {
  try {
    const body: unknown = JSON.parse(data);
    return typeof body === "object" ? body : null;
  } catch {
    // One message that cannot be read must not end the stream; the next page load has its content.
    return null;
  }
}
