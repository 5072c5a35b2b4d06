// The event that a link opens: whatever its number, and however many others happened at the same moment.

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { BanEvent } from "../api/types.ts";
import { banEvent } from "../testing/events.ts";
import { findOpen, openId, openKey } from "./open-event.ts";

const asked = vi.hoisted(() => vi.fn());
vi.mock("../api/events.ts", () => ({ findEvents: asked }));

const AT = "2026-11-23T10:00:00.000Z";
const event = (id: number): BanEvent => ({ ...banEvent(1), id, occurred_at: AT });

describe("an open event", () => {
  beforeEach(() => asked.mockReset());

  it.each([7, 0, -1, -75_000, 9_007_199_254_740_991, -9_007_199_254_740_991])("is read from its own key: %d", (id) => {
    expect(openId(openKey(event(id)))).toBe(id);
  });

  it("is read where it happened before 1970", () => {
    const key = openKey({ ...event(-3), occurred_at: "1969-12-31T00:00:00.000Z" });
    expect(openId(key)).toBe(-3);
  });

  it.each(["", "7", "-7", "7-", "--7-1", "7-1-2", "a-1", "7-99999999999999999"])("is none for %j", async (key) => {
    expect(openId(key)).toBeNull();
    expect(await findOpen(key, new AbortController().signal)).toBeNull();
    expect(asked).not.toHaveBeenCalled();
  });

  it("is found below zero, and behind the first page of its moment", async () => {
    asked.mockResolvedValueOnce({ items: [event(2), event(1)], next: "more" });
    asked.mockResolvedValueOnce({ items: [event(-1), event(-2)], next: null });
    const found = await findOpen(openKey(event(-2)), new AbortController().signal);
    expect(found?.id).toBe(-2);
    expect(asked.mock.calls.map(([query]) => [query.since, query.until, query.cursor])).toEqual([
      [AT, "2026-11-23T10:00:00.001Z", undefined],
      [AT, "2026-11-23T10:00:00.001Z", "more"],
    ]);
  });

  it("is not called missing where more happened at its moment than is looked through", async () => {
    asked.mockResolvedValue({ items: [event(2), event(1)], next: "more" });
    await expect(findOpen(openKey(event(-2)), new AbortController().signal)).rejects.toThrow("More than 10,000 events happened at its moment.");
  });
});
