// What the banner says of fail2ban, on every page but the one that has it as its first line.

import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import type { Fail2banState, ServerProblem } from "../api/types.ts";
import { fail2ban } from "../live/live.ts";
import { StatusLine } from "../pages/overview/status-line.tsx";
import { unreachableSince } from "../session/session.ts";
import { Banners } from "./banners.tsx";

const SINCE = "2026-11-26T12:00:00.000Z";

function away(state: Fail2banState["state"], code: string, detail: string, hint: string): Fail2banState {
  const problem = { code, detail, hint };
  return { state, version: null, latency_ms: null, jails: null, checked_at: SINCE, since: SINCE, problem, problems: [] };
}

const HUNG = away("hung", "timed_out", "fail2ban has not answered for 8 s.", "Restart fail2ban.");
const STALE = away("offline", "stale_mount", "The directory has been deleted.", "Restart this container.");

function banner(state: Fail2banState | null, onOverview = false): string {
  fail2ban.set(state);
  render(<Banners onOverview={onOverview} />);
  return screen.getByRole("status").textContent ?? "";
}

afterEach(() => {
  cleanup();
  fail2ban.set(null);
  unreachableSince.set(null);
});

describe("Banners", () => {
  it("tells a hanging fail2ban from one that is away, with what to do", () => {
    expect(banner(HUNG)).toContain("fail2ban hangs. fail2ban has not answered for 8 s. Restart fail2ban.");
    cleanup();
    const stale = banner(STALE);
    expect(stale).toContain("fail2ban does not answer. The directory has been deleted. Restart this container.");
    expect(screen.getByRole("link", { name: "More" }).getAttribute("href")).toBe("/");
  });

  it("says that nothing is recorded, though fail2ban answers, also as the overview's first line", () => {
    const unpolled: ServerProblem = { code: "unpolled", jail: null, detail: "No poll has succeeded for 9 s.", hint: "See the log.", since: SINCE };
    const state: Fail2banState = { ...HUNG, state: "online", problem: null, problems: [unpolled] };
    expect(banner(state)).toContain("What fail2ban bans is not recorded. No poll has succeeded for 9 s. See the log.");
    cleanup();
    const { container } = render(<StatusLine state={state} error={null} onRetry={() => undefined} />);
    expect(container.querySelector(".lamp-online")).toBeNull();
    expect(screen.getByText("fail2ban answers, but what it bans is not recorded")).not.toBeNull();
  });

  it("says nothing while fail2ban is online or not known, and leaves it to the overview there", () => {
    expect(banner(null)).toBe("");
    cleanup();
    expect(banner({ ...HUNG, state: "online", problem: null })).toBe("");
    cleanup();
    expect(banner(HUNG, true)).toBe("");
  });

  it("has no word on fail2ban while BanGUI itself does not answer", () => {
    unreachableSince.set(Date.now());
    expect(banner(HUNG)).toMatch(/^BanGUI's server does not answer/);
  });
});

describe("StatusLine", () => {
  it("shows a hanging fail2ban with the lamp of one that is away", () => {
    const { container } = render(<StatusLine state={HUNG} error={null} onRetry={() => undefined} />);
    expect(container.querySelector(".lamp-offline")).not.toBeNull();
    expect(screen.getByText("fail2ban hangs: it was asked and does not answer")).not.toBeNull();
    expect(screen.getByText("Restart fail2ban.")).not.toBeNull();
  });
});
