// One model of whether fail2ban is there, and what the pages make of it.

import { act, cleanup, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import type { Fail2banState, ServerProblem } from "../api/types.ts";
import { StateBadge } from "../events/live-badge.tsx";
import { connection, fail2ban } from "../live/live.ts";
import { unreachableSince } from "../session/session.ts";
import { LastKnown } from "./last-known.tsx";
import { answers, isAway, obstacleOf, presenceOf } from "./presence.ts";
import { unknownBansOf, unknownWords } from "./unknown-bans.ts";

const SINCE = new Date(Date.now() - 95_000).toISOString();
const state = (state: Fail2banState["state"], problems: ServerProblem[] = []): Fail2banState => ({
  ...{ state, version: null, latency_ms: null, jails: null, checked_at: SINCE, since: SINCE, problem: null, problems },
});
const problem = (code: ServerProblem["code"], jail: string | null, seconds = 20): ServerProblem => ({
  ...{ code, jail, detail: "no poll has succeeded for 20 s", hint: "", since: new Date(Date.now() - seconds * 1_000).toISOString() },
});
const UNPOLLED = state("online", [problem("unpolled", null)]);

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

  it("is not there for the pages while it answers and nothing of it is recorded, though a ban still works", () => {
    expect(presenceOf(UNPOLLED, null)).toBe("unpolled");
    expect(presenceOf(state("online", [problem("jail_unreadable", "sshd")]), null)).toBe("online");
    expect(presenceOf(state("offline", UNPOLLED.problems), null)).toBe("offline");
    expect([isAway("unpolled"), obstacleOf("unpolled"), answers("unpolled"), answers("hung")]).toEqual([true, null, true, false]);
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
    act(() => fail2ban.set(UNPOLLED));
    expect([screen.getByText("not recorded").textContent, badge()]).toEqual(["not recorded", "badge badge-bad"]);
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
    act(() => fail2ban.set(UNPOLLED));
    expect(text()).toMatch(/^As of 2\d s ago\. Nothing has been recorded since\.$/);
  });
});

describe("bans that are not known", () => {
  it("are those of jails that cannot be read, or all while nothing is recorded", () => {
    const some = state("online", [problem("jail_unreadable", "sshd"), problem("ban_unreadable", "nginx"), problem("zone_differs", null)]);
    expect(unknownBansOf(some)).toEqual(["sshd", "nginx"]);
    expect(unknownBansOf(some, "nginx")).toEqual(["nginx"]);
    expect(unknownBansOf(some, "postfix")).toEqual([]);
    expect([unknownBansOf(UNPOLLED), unknownBansOf(UNPOLLED, "sshd"), unknownBansOf(null)]).toEqual(["all", "all", []]);
    expect(unknownWords([])).toBeNull();
  });
});
