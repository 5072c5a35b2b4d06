// The list of newest events: no repeats, newest first, bounded, and still while it is paused.

import { describe, expect, it } from "vitest";
import { banEvent } from "../testing/events.ts";
import { arrive, EMPTY_FEED, fill, KEPT_EVENTS, pause } from "./feed.ts";

const ids = (events: { id: unknown }[]): unknown[] => events.map((event) => event.id);

describe("feed", () => {
  it("puts the newest first, however they arrive", () => {
    const feed = arrive(arrive(EMPTY_FEED, [banEvent(2), banEvent(5)]), [banEvent(3), banEvent(9)]);
    expect(ids(feed.shown)).toEqual([9, 5, 3, 2]);
    expect([...feed.fresh]).toEqual([3, 9]);
  });

  it("takes each event once, though a resumed stream repeats it", () => {
    const feed = arrive(EMPTY_FEED, [banEvent(1), banEvent(2), banEvent(1)]);
    const again = arrive(feed, [banEvent(2), banEvent(1)]);
    expect(ids(feed.shown)).toEqual([2, 1]);
    expect(again).toBe(feed);
  });

  it("orders events of one moment by their id", () => {
    const same = { occurred_at: banEvent(1).occurred_at };
    const feed = arrive(EMPTY_FEED, [banEvent(7, same), banEvent(9, same), banEvent(8, same)]);
    expect(ids(feed.shown)).toEqual([9, 8, 7]);
  });

  it("keeps no more than it shows", () => {
    const flood = Array.from({ length: KEPT_EVENTS * 3 }, (_, index) => banEvent(index));
    const feed = arrive(EMPTY_FEED, flood);
    expect(feed.shown).toHaveLength(KEPT_EVENTS);
    expect(feed.shown[0]?.id).toBe(KEPT_EVENTS * 3 - 1);
  });

  it("joins a page of the history to what came live, without marking it as new", () => {
    const live = arrive(EMPTY_FEED, [banEvent(4)]);
    const feed = fill(live, [banEvent(4), banEvent(3), banEvent(2)]);
    expect(ids(feed.shown)).toEqual([4, 3, 2]);
    expect([...feed.fresh]).toEqual([4]);
  });

  it("stays still while it is paused, counts, and shows everything afterwards", () => {
    const paused = pause(arrive(EMPTY_FEED, [banEvent(1)]), true);
    const held = arrive(arrive(paused, [banEvent(2)]), [banEvent(2), banEvent(3)]);
    expect(ids(held.shown)).toEqual([1]);
    expect(held.heldCount).toBe(2);
    const resumed = pause(held, false);
    expect(ids(resumed.shown)).toEqual([3, 2, 1]);
    expect(resumed.heldCount).toBe(0);
  });
});
