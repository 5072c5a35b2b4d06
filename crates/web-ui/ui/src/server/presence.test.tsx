// One model of whether fail2ban is there, and what the pages make of it.

import { act, cleanup, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import type { Fail2banState } from "../api/types.ts";
import { StateBadge } from "../events/live-badge.tsx";
import { connection, fail2ban } from "../live/live.ts";
import { unreachableSince } from "../session/session.ts";
import { LastKnown } from "./last-known.tsx";
import { isAway, obstacleOf, presenceOf } from "./presence.ts";

const SINCE = new Date(Date.now() - 95_000).toISOString();
const state = (state: Fail2banState["state"]): Fail2banState => ({
  ...{ state, version: null, latency_ms: null, jails: null, checked_at: SINCE, since: SINCE, problem: null, problems: [] },
});

afterEach(() => {
  cleanup();
  fail2ban.set(null);
  unreachableSince.set(null);
  connection.set({ phase: "connecting" });
});

describe("the presence of fail2ban", () => {
  it("is what is known of it, unless BanGUI itself is away", () => {
    expect(presenceOf(null, null)).toBe("unknown");
    for (const word of ["online", "offline", "hung", "starting"] as const) {
      expect(presenceOf(state(word), null)).toBe(word);
      expect(presenceOf(state(word), Date.now())).toBe("unreachable");
    }
  });

  it("leaves things to do only while it is there, or nothing is known", () => {
    expect([obstacleOf("online"), obstacleOf("unknown")]).toEqual([null, null]);
    for (const away of ["offline", "hung", "unreachable", "starting"] as const) {
      expect(obstacleOf(away)).toContain("Nothing can be banned or unbanned");
      expect(isAway(away)).toBe(away !== "starting");
    }
    expect(isAway("online")).toBe(false);
  });

  it("is in the badge: a stream that stands is not live while fail2ban is away", () => {
    connection.set({ phase: "live" });
    render(<StateBadge paused={false} held={0} />);
    const badge = (): string => document.querySelector(".badge")?.className ?? "";
    expect([screen.getByText("live").textContent, badge()]).toEqual(["live", "badge badge-good"]);
    for (const word of ["offline", "hung", "starting"] as const) {
      act(() => fail2ban.set(state(word)));
      expect(screen.getByText("waiting for fail2ban")).not.toBeNull();
      expect(badge()).not.toContain("good");
    }
    act(() => fail2ban.set(state("online")));
    expect(badge()).toBe("badge badge-good");
    act(() => unreachableSince.set(Date.now()));
    expect(screen.queryByText("live")).toBeNull();
  });

  it("says of when things are while it is away, and nothing else", () => {
    const { container } = render(<LastKnown />);
    const text = (): string => container.textContent ?? "";
    expect(text()).toBe("");
    act(() => fail2ban.set(state("online")));
    expect(text()).toBe("");
    act(() => fail2ban.set(state("hung")));
    expect(text()).toBe("As of 1 min ago, before fail2ban stopped answering.");
  });
});
