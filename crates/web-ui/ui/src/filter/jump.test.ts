// Where "Go to time" leads: always to a view in which that time lies.

import { describe, expect, it } from "vitest";
import { boundsOf, viewAround } from "./jump.ts";
import { EMPTY_VIEW, type View } from "./view.ts";

const NOW = Date.parse("2026-11-30T12:00:00Z");
const DAY = 86_400_000;
const ago = (days: number): number => NOW - days * DAY;

function jump(view: View, at: number, told: { since: string; until: string } | null = null): View {
  return viewAround(view, at, boundsOf(view, NOW, told));
}

describe("going to a time", () => {
  it("leaves a view alone in which it lies", () => {
    for (const view of [EMPTY_VIEW, { q: "jail:sshd", since: "30d", until: "" }, { ...EMPTY_VIEW, since: "all" }]) {
      expect(jump(view, ago(3))).toEqual(view);
    }
    const closed = { q: "", since: "2026-11-01T00:00:00.000Z", until: "2026-11-20T00:00:00.000Z" };
    expect(jump(closed, ago(20))).toEqual(closed);
  });

  it("widens a period that begins later", () => {
    expect(jump(EMPTY_VIEW, ago(8))).toEqual({ ...EMPTY_VIEW, since: "all" });
    expect(jump({ q: "jail:sshd", since: "24h", until: "" }, ago(2))).toEqual({ q: "jail:sshd", since: "all", until: "" });
    // Nothing lies before the very beginning of a period.
    expect(jump({ ...EMPTY_VIEW, since: new Date(ago(2)).toISOString() }, ago(2)).since).toBe("all");
    // The usual period of a view that ends is that before its end.
    expect(jump({ ...EMPTY_VIEW, until: new Date(ago(30)).toISOString() }, ago(36)).since).toBe("");
    expect(jump({ ...EMPTY_VIEW, until: new Date(ago(30)).toISOString() }, ago(38)).since).toBe("all");
  });

  it("widens a period that ends before", () => {
    const closed = { q: "x", since: "2026-11-01T00:00:00.000Z", until: "2026-11-20T00:00:00.000Z" };
    expect(jump(closed, ago(1))).toEqual({ ...closed, until: "" });
    expect(jump({ ...EMPTY_VIEW, since: "30d", until: "7d" }, ago(1))).toEqual({ ...EMPTY_VIEW, since: "30d" });
  });

  it("takes what the query says of the time from the server's answer, and leaves it where that is not known", () => {
    const view = { ...EMPTY_VIEW, q: "jail:sshd since:yesterday" };
    const told = { since: new Date(ago(1)).toISOString(), until: new Date(NOW).toISOString() };
    expect(jump(view, NOW - 1_000, told)).toEqual(view);
    expect(jump(view, ago(2), told)).toEqual({ q: "jail:sshd", since: "all", until: "" });
    expect(jump(view, ago(2), null)).toEqual(view);
  });
});
