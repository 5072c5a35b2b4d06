// What the list of events is made of: columns, gaps, keys of open events, and lines of somebody's log.

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Gap } from "../api/history.ts";
import { banEvent, moment } from "../testing/events.ts";
import { COLUMNS, leastWidth, shownColumns, toggleColumn, tracks, usualColumns } from "./columns.tsx";
import { gapsAbove, gapsBelow } from "./gaps.ts";
import { LogLine } from "./log-line.tsx";
import { MatchedLines } from "./matched-lines.tsx";
import { findOpen, openId, openKey } from "./open-event.ts";

beforeEach(() => localStorage.clear());

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  usualColumns();
});

describe("columns", () => {
  it("are shown and left out in their own order, and kept; the address is always there", () => {
    toggleColumn("network");
    toggleColumn("when");
    toggleColumn("ip");
    const chosen = ["kind", "ip", "country", "network", "in", "length", "origin"];
    expect(shownColumns.get()).toEqual(chosen);
    expect(JSON.parse(localStorage.getItem("bangui.events.columns") ?? "")).toEqual(chosen);
  });

  it("are the usual ones where what was kept is nonsense", async () => {
    for (const kept of ["{broken", '"when"', "null"]) {
      localStorage.setItem("bangui.events.columns", kept);
      vi.resetModules();
      const again = await import("./columns.tsx");
      expect(again.shownColumns.get()).toContain("when");
    }
    localStorage.setItem("bangui.events.columns", '["gone", "times"]');
    vi.resetModules();
    expect((await import("./columns.tsx")).shownColumns.get()).toEqual(["ip", "times"]);
  });

  it("have tracks that do not depend on what is in them", () => {
    const [when] = COLUMNS;
    const ip = COLUMNS.find(({ key }) => key === "ip");
    expect(tracks([when, ip].filter((column) => column !== undefined))).toBe("6rem minmax(9.5rem, 1.3fr)");
    expect(leastWidth(COLUMNS)).toBeGreaterThan(70);
  });
});

describe("gaps", () => {
  const gap = (since: number, until: number): Gap => ({ since: moment(since), until: moment(until), cause: "unwatched" });
  const gaps = [gap(10, 20), gap(40, 50), gap(90, 95)];

  it("stand between what was before and what came after", () => {
    expect(gapsAbove(gaps, moment(30), moment(60))).toEqual([gaps[1]]);
    expect(gapsAbove(gaps, moment(60), undefined)).toEqual([gaps[2]]);
    expect(gapsAbove(gaps, moment(21), moment(39))).toEqual([]);
    expect(gapsBelow(gaps, moment(30))).toEqual([gaps[0]]);
  });

  it("stand once, also where events are known from within them", () => {
    const times = [100, 92, 45, 44, 30];
    const found = times.flatMap((at, index) => {
      const newer = times[index - 1];
      return gapsAbove(gaps, moment(at), newer === undefined ? undefined : moment(newer));
    });
    expect([...found, ...gapsBelow(gaps, moment(30))]).toEqual([gaps[2], gaps[1], gaps[0]]);
  });
});

describe("the open event", () => {
  const event = banEvent(7);

  it("is named by its number and its time", () => {
    expect(openId(openKey(event))).toBe(7);
    expect(["7", "x-1", "", undefined].map(openId)).toEqual([null, null, null, null]);
  });

  it("is found among the events of its moment", async () => {
    const asked: URLSearchParams[] = [];
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(new URL(url, "http://pages.invalid").searchParams);
      return new Response(JSON.stringify({ items: [banEvent(8), event], next: null }));
    });
    const { signal } = new AbortController();
    expect(await findOpen(openKey(event), signal)).toEqual(event);
    expect(asked[0]?.get("since")).toBe(event.occurred_at);
    expect(Date.parse(asked[0]?.get("until") ?? "")).toBe(Date.parse(event.occurred_at) + 1);
    expect(await findOpen(`9-${Date.parse(event.occurred_at)}`, signal)).toBeNull();
    expect(await findOpen("nonsense", signal)).toBeNull();
    expect(asked).toHaveLength(2);
  });
});

describe("log lines", () => {
  const text = (): string => document.querySelector(".log-line")?.textContent ?? "";

  it("are text, with signs for what would not be seen", () => {
    render(<LogLine text={"<b>x</b> \u202egnp\u202c \u0000\u0000 \u2028 \u{e0041}"} />);
    expect(document.querySelector("b")).toBeNull();
    expect(text()).toBe("<b>x</b> U+202EgnpU+202C U+0000 ×2 U+2028 U+E0041");
  });

  it("are cut where they are long, and never shown in full where that would hold up the browser", () => {
    render(<LogLine text={"A".repeat(1_000_000)} />);
    expect(text()).toHaveLength(601);
    fireEvent.click(screen.getByRole("button", { name: "The first 20,000 characters" }));
    expect(text()).toHaveLength(20_001);
    cleanup();
    render(<LogLine text={"A".repeat(700)} />);
    fireEvent.click(screen.getByRole("button", { name: "All of the line" }));
    expect(text()).toBe("A".repeat(700));
  });

  it("say so where none are kept, or some were left out", async () => {
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ code: "matches_not_found" }), { status: 404 }));
    render(<MatchedLines ban={1} />);
    expect(await screen.findByText("No log lines are kept for this ban.")).toBeTruthy();
    cleanup();
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ lines: ["one"], cut: true })));
    render(<MatchedLines ban={2} />);
    expect(await screen.findByText("one")).toBeTruthy();
    expect(screen.getByText("There were more, or longer ones, than are kept.")).toBeTruthy();
  });
});
