// The list of a view: loads around what is on the screen, follows what happens, and is never ahead of the server.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BanEvent } from "../../api/types.ts";
import { banEvent } from "../../testing/events.ts";
import { EventList, RENEW_MS, SHEET } from "./event-list.ts";

/** A server with the events 1 to `newest`; the cursor is the number of the last event before a sheet. */
function server(newest: number) {
  const asked: (string | undefined)[] = [];
  const served = { newest, asked, failing: null as unknown, most: Number.MAX_SAFE_INTEGER };
  const load = async (cursor: string | undefined) => {
    asked.push(cursor);
    if (served.failing !== null) throw served.failing;
    const from = cursor === undefined ? served.newest : Number(cursor) - 1;
    const to = Math.max(1, from - SHEET + 1);
    const items: BanEvent[] = [];
    for (let id = from; id >= to; id -= 1) items.push(banEvent(id));
    return { items, next: to === 1 ? null : String(to) };
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

async function list(newest: number) {
  const { served, load } = server(newest);
  const made = new EventList(load);
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
