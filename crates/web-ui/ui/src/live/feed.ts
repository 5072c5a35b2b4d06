// What the newest events are, as plain data: merged without repeats, newest first, bounded. Knows no connection.

import type { BanEvent } from "../api/types.ts";

/** How many events the overview keeps; the history has the rest. */
export const KEPT_EVENTS = 100;

export interface Feed {
  /** Newest first, each id once. */
  shown: BanEvent[];
  /** Arrived while the list was held still; newest first. */
  held: BanEvent[];
  /** How many arrived while held, which may be more than are kept. */
  heldCount: number;
  paused: boolean;
  /** Ids that arrived live, and so are marked as new. */
  fresh: ReadonlySet<BanEvent["id"]>;
}

export const EMPTY_FEED: Feed = { shown: [], held: [], heldCount: 0, paused: false, fresh: new Set() };

/** Takes events that just happened. Repeats, which a resumed stream may bring, change nothing. */
export function arrive(feed: Feed, events: BanEvent[]): Feed {
  const known = new Set([...feed.shown, ...feed.held].map((event) => event.id));
  const added: BanEvent[] = [];
  for (const event of events) {
    if (known.has(event.id)) continue;
    known.add(event.id);
    added.push(event);
  }
  if (added.length === 0) return feed;
  const ids = new Set(added.map((event) => event.id));
  if (feed.paused) {
    return { ...feed, held: newest(feed.held, added), heldCount: feed.heldCount + added.length };
  }
  return { ...feed, shown: newest(feed.shown, added), fresh: ids };
}

/** Takes a page of the history, which may overlap with what has arrived live. */
export function fill(feed: Feed, events: BanEvent[]): Feed {
  const known = new Set([...feed.shown, ...feed.held].map((event) => event.id));
  return { ...feed, shown: newest(feed.shown, events.filter((event) => !known.has(event.id))) };
}

/** Holds the list still, or lets go of what was held. */
export function pause(feed: Feed, paused: boolean): Feed {
  if (paused === feed.paused) return feed;
  if (paused) return { ...feed, paused, fresh: new Set() };
  const fresh = new Set(feed.held.map((event) => event.id));
  return { shown: newest(feed.shown, feed.held), held: [], heldCount: 0, paused, fresh };
}

function newest(events: BanEvent[], added: BanEvent[]): BanEvent[] {
  return [...added, ...events].sort(newestFirst).slice(0, KEPT_EVENTS);
}

/** By time, and for one time by id, so that the order is the same after a reload. */
function newestFirst(a: BanEvent, b: BanEvent): number {
  const byTime = Date.parse(b.occurred_at) - Date.parse(a.occurred_at);
  if (byTime !== 0) return byTime;
  return b.id - a.id;
}
