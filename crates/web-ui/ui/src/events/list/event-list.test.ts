// The list of a view: loads around what is on the screen, follows what happens, and is never ahead of the server.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BanEvent } from "../../api/types.ts";
import { banEvent } from "../../testing/events.ts";
import { EventList, RENEW_MS, SHEET, type Where } from "./event-list.ts";

/**
 * A server with the events 1 to `newest`; the cursor is the number of the event beside a sheet. A list that begins below the
 * newest begins with `below`.
 */
function server(newest: number, below = newest) {
  const asked: (string | undefined)[] = [];
  const served = { newest, asked, failing: null as unknown, most: Number.MAX_SAFE_INTEGER };
  const load = async ({ cursor, newer, first }: Where) => {
    asked.push(newer === undefined ? cursor : `> ${newer}`);
    if (served.failing !== null) throw served.failing;
    const begin = first ? below : served.newest;
    const up = Math.min(served.newest, Number(newer) + SHEET);
    const from = newer !== undefined ? up : cursor === undefined ? begin : Number(cursor) - 1;
    const to = newer !== undefined ? Number(newer) + 1 : Math.max(1, from - SHEET + 1);
    const items: BanEvent[] = [];
    for (let id = from; id >= to; id -= 1) items.push(banEvent(id));
    const last = newer !== undefined && from === served.newest;
    return { items, next: to === 1 ? null : String(to), newer: last || items.length === 0 ? null : String(from) };
  };
  return { served, load };
}

const settle = async (ms = 0): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

let stop: () => void = () => undefined;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

async function list(newest: number, below?: number) {
  const { served, load } = server(newest, below);
  const made = new EventList(load, below !== undefined);
  stop = made.start();
  await settle();
  return { made, served };
}

const ids = ({ book }: EventList): (number | undefined)[] => book.slice(0, book.count).map(({ row }) => row?.id);

describe("loading", () => {
  it("asks for what lies ahead, and for nothing further", async () => {
    const { made, served } = await list(1_000);
    expect(served.asked).toEqual([undefined]);
    made.show(0, 40);
    await settle();
    expect(served.asked).toEqual([undefined]);
    made.show(60, 100);
    await settle();
    expect(served.asked).toEqual([undefined, "801"]);
  });

  it("keeps few rows, and gets them back by the same cursors on the way up", async () => {
    const { made, served } = await list(10_000);
    for (let row = 0; row < 10_000; row += 100) {
      made.show(row, row + 40);
      await settle();
    }
    expect(made.book.next).toBeNull();
    expect(made.book.count).toBe(10_000);
    expect(made.book.kept).toBeLessThanOrEqual(SHEET * 6);
    const before = served.asked.length;
    expect(made.book.get(5_000)?.row).toBeNull();
    made.show(5_000, 5_040);
    await settle();
    expect(made.book.get(5_000)?.row?.id).toBe(5_000);
    expect(served.asked.length - before).toBe(2);
    expect(made.book.count).toBe(10_000);
  });

  it("stops at an error until it is told to try again", async () => {
    const { made, served } = await list(1_000);
    served.failing = new Error("gone");
    made.show(190, 199);
    await settle();
    expect(made.state.get()).toMatchObject({ loading: false, error: served.failing });
    const before = served.asked.length;
    made.show(180, 199);
    await settle();
    expect(served.asked.length).toBe(before);
    served.failing = null;
    made.retry();
    await settle();
    expect(made.state.get().error).toBeNull();
    expect(made.book.count).toBe(400);
  });
});

describe("what happens", () => {
  it("comes in at the top, each once, and is marked", async () => {
    const { made, served } = await list(500);
    served.newest = 503;
    made.arrived();
    await settle();
    expect(ids(made).slice(0, 4)).toEqual([503, 502, 501, 500]);
    expect([...made.state.get().fresh]).toEqual([503, 502, 501]);
    expect(made.state.get()).toMatchObject({ shift: 3, generation: 0 });
    expect(new Set(ids(made)).size).toBe(made.book.count);
  });

  it("in a flood is asked for once a second, and nothing of it is lost", async () => {
    const { made, served } = await list(500);
    for (let tick = 0; tick < 50; tick += 1) {
      served.newest += 10;
      made.arrived();
      await settle(100);
    }
    await settle(RENEW_MS);
    expect(served.asked.length).toBeLessThanOrEqual(8);
    expect(ids(made)[0]).toBe(1_000);
    const shown = ids(made);
    expect(shown).toEqual(shown.map((_, index) => 1_000 - index));
  });

  it("is counted while the list is held still, and shown on request", async () => {
    const { made, served } = await list(500);
    made.atTop = () => false;
    served.newest = 512;
    made.arrived();
    await settle();
    expect(made.state.get().waiting).toEqual({ count: 12, more: false });
    expect(ids(made)[0]).toBe(500);
    served.newest = 900;
    made.arrived();
    await settle(RENEW_MS);
    expect(made.state.get().waiting).toEqual({ count: SHEET, more: true });
    made.showNewest();
    await settle();
    expect(ids(made)[0]).toBe(900);
    expect(made.state.get()).toMatchObject({ waiting: { count: 0 }, generation: 1 });
    made.show(190, 200);
    await settle();
    expect(ids(made)).toEqual(Array.from({ length: 2 * SHEET }, (_, index) => 900 - index));
  });

  it("that cannot be asked for is asked for with the next event", async () => {
    const { made, served } = await list(500);
    served.failing = new Error("gone");
    served.newest = 501;
    made.arrived();
    await settle(RENEW_MS);
    expect(made.state.get().error).toBeNull();
    served.failing = null;
    made.arrived();
    await settle();
    expect(ids(made)[0]).toBe(501);
  });
});

describe("from a time on", () => {
  const down = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, index) => from - index);

  it("some newer ones are there at once, and more come before one has scrolled up to them", async () => {
    const { made, served } = await list(2_000, 1_000);
    expect(served.asked).toEqual([undefined, "> 1000"]);
    expect(ids(made)).toEqual(down(1_200, 801));
    expect(made.state.get()).toMatchObject({ shift: 200, prepended: 1, generation: 0 });
    made.atTop = () => false;
    made.show(200, 240);
    await settle();
    expect(served.asked).toHaveLength(2);
    made.show(100, 140);
    await settle();
    expect(served.asked.slice(2)).toEqual(["> 1200"]);
    expect(ids(made)).toEqual(down(1_400, 801));
  });

  it("none come by themselves while the top is in sight, but on request", async () => {
    const { made, served } = await list(2_000, 1_000);
    made.show(0, 40);
    await settle();
    expect(served.asked.filter((asked) => asked?.startsWith(">"))).toHaveLength(1);
    made.showNewer();
    await settle();
    expect(ids(made)[0]).toBe(1_400);
    expect(made.state.get()).toMatchObject({ shift: 400, prepended: 2 });
  });

  it("the newest are reached, each once, and from then on the list is live", async () => {
    const { made, served } = await list(1_450, 1_000);
    made.arrived();
    await settle();
    expect(served.asked).not.toContain("> 1200");
    served.newest = 1_470;
    for (let tries = 0; made.hasNewer && tries < 9; tries += 1) {
      made.showNewer();
      served.newest += 1;
      await settle();
    }
    await settle(RENEW_MS);
    expect(ids(made)).toEqual(down(served.newest, 801));
    served.newest += 5;
    made.arrived();
    await settle(RENEW_MS);
    expect(ids(made)).toEqual(down(served.newest, 801));
    expect(made.state.get().generation).toBe(0);
  });

  it("what was let go of below comes back by its cursor", async () => {
    const { made } = await list(5_000, 1_000);
    made.atTop = () => false;
    while (made.hasNewer) {
      made.show(10, 50);
      await settle();
    }
    expect(made.book.kept).toBeLessThanOrEqual(SHEET * 6);
    expect(made.book.count).toBe(4_200);
    made.show(3_990, 4_030);
    await settle();
    expect(made.book.slice(3_990, 4_030).map(({ row }) => row?.id)).toEqual(down(1_010, 971));
  });

  it("an error on the way up can be tried again", async () => {
    const { made, served } = await list(2_000, 1_000);
    served.failing = new Error("gone");
    made.showNewer();
    await settle();
    expect(made.state.get().error).toBe(served.failing);
    served.failing = null;
    made.showNewer();
    await settle();
    expect(made.state.get().error).toBeNull();
    expect(ids(made)[0]).toBe(1_400);
  });
});
