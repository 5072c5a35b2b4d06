// Where the numbers of the overview lead, how they are compared, and how often the server is asked.

import { act, cleanup, render } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EMPTY_VIEW, type View } from "../../filter/view.ts";
import { change } from "../../format/change.ts";
import type { BanEvent, ListedJail, ServerProblem } from "../../api/types.ts";
import { banEvent } from "../../testing/events.ts";
import { isSilent, jailRemark } from "../../jails/log-trouble.tsx";
import { bansOf, bansOfGroup, narrowed, within, without } from "./leads.ts";
import { useQuestion } from "./use-question.ts";

const watchers = vi.hoisted(() => new Set<(events: BanEvent[]) => void>());
vi.mock("../../live/live.ts", async (original) => ({
  ...(await original<typeof import("../../live/live.ts")>()),
  watchEvents: (watcher: (events: BanEvent[]) => void) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
}));

const STEP_MS = 50;

describe("leads", () => {
  const view: View = { ...EMPTY_VIEW, q: "jail:sshd scanner", since: "30d" };

  it("narrow the view down, and lead to its bans", () => {
    expect(narrowed(view, "country", "NL").q).toBe("jail:sshd scanner country:NL");
    expect(narrowed(view, "address", "2001:db8::1").q).toBe("jail:sshd scanner ip:2001:db8::1");
    expect(bansOf(view)).toBe("/history?q=jail%3Asshd+scanner+kind%3Aban&since=30d");
  });

  it("are none for what the query language has no word for", () => {
    expect(bansOfGroup(view, "network", "unknown")).toBeNull();
    expect(bansOfGroup(view, "network", "AS64500")).toContain("network%3AAS64500");
    expect(bansOfGroup(view, "country", "unknown")).toContain("country%3Aunknown");
    expect(bansOfGroup(view, "address", "mallory@example")).toBeNull();
    expect(bansOfGroup(view, "address", "2001:db8::/32")).toContain("ip%3A2001%3Adb8%3A%3A%2F32");
  });

  it("take groups away one by one", () => {
    expect(without(EMPTY_VIEW, "jail", ["sshd", "my jail"]).q).toBe('-jail:sshd,"my jail"');
  });

  it("name a stretch of time by its moments", () => {
    const [since, until] = [Date.parse("2026-11-23T00:00:00Z"), Date.parse("2026-11-24T00:00:00Z")];
    expect(within(view, { since, until })).toEqual({
      q: view.q,
      since: "2026-11-23T00:00:00.000Z",
      until: "2026-11-24T00:00:00.000Z",
    });
  });
});

describe("change", () => {
  it.each([
    [134, 100, "+34 %"],
    [80, 100, "−20 %"],
    [1_001, 1_000, "as before"],
    [0, 0, "as before"],
    [5, 0, "new"],
    [0, 7, "−100 %"],
    [35, 10, "×3.5"],
    [12_000, 10, "×1,200"],
  ])("of %d against %d is %s", (now, before, text) => {
    expect(change(now, before)).toBe(text);
  });
});

describe("a silent jail", () => {
  const jail = { name: "a", currently_failed: 0, total_failed: 0, currently_banned: 0, total_banned: 0 };

  it("is one that has counted nothing", () => {
    expect(isSilent(jail)).toBe(true);
    expect(isSilent({ ...jail, total_failed: 1 })).toBe(false);
    expect(isSilent({ ...jail, total_banned: 1 })).toBe(false);
  });

  it("is remarked on, unless what is wrong with its log explains it", () => {
    expect(jailRemark(jail, null, "online")).toBe("silent");
    const watched = (log: ListedJail["log"], problem: ListedJail["problem"] = null) => ({ log, problem });
    expect(jailRemark(jail, watched("watching"), "online")).toBe("silent");
    expect(jailRemark(jail, watched("missing"), "online")).toBe("log");
    expect(jailRemark({ ...jail, total_failed: 1 }, watched("nothing"), "online")).toBe("log");
    expect(jailRemark({ ...jail, total_failed: 1 }, watched("watching"), "online")).toBeNull();
    const since = "2026-11-23T12:00:00.000Z";
    const problem: ServerProblem = { code: "jail_unreadable", jail: "a", detail: "It does not answer.", hint: "Look at its log.", since };
    expect(jailRemark(jail, watched("watching", problem), "online")).toBe("problem");
    for (const away of ["offline", "hung", "starting", "unreachable"] as const) {
      expect(jailRemark(jail, watched("missing"), away)).toBeNull();
    }
    expect(jailRemark(jail, watched("missing"), "unpolled")).toBe("log");
  });
});

describe("useQuestion", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("visible");
  });
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });

  /** In small steps: `act` draws at its end only. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await act(async () => void (await vi.advanceTimersByTimeAsync(STEP_MS)));
    }
  };
  const happen = (count = 1) =>
    act(() => {
      for (let id = 0; id < count; id += 1) for (const watcher of watchers) watcher([banEvent(id)]);
    });

  function ask(view: View = EMPTY_VIEW) {
    const load = vi.fn(async (_query: object) => ({ round: load.mock.calls.length }));
    function Shown({ view }: { view: View }) {
      const { value, pending } = useQuestion("totals", view, load);
      return <p>{`${value?.round ?? "nothing"}${pending ? " pending" : ""}`}</p>;
    }
    const { container, rerender } = render(<Shown view={view} />);
    return { load, text: () => container.textContent, show: (view: View) => rerender(<Shown view={view} />) };
  }

  it("asks again soon after an event, and not more often for a thousand", async () => {
    const { load } = ask();
    await pass(10_000);
    expect(load).toHaveBeenCalledTimes(1);
    await happen();
    await pass(200);
    expect(load).toHaveBeenCalledTimes(2);
    for (let burst = 0; burst < 20; burst += 1) {
      await happen(50);
      await pass(100);
    }
    expect(load.mock.calls.length).toBeLessThanOrEqual(4);
    await pass(3_000);
    const settled = load.mock.calls.length;
    await pass(10_000);
    expect(load).toHaveBeenCalledTimes(settled);
  });

  it("asks again for what happened while the answer was on its way", async () => {
    const answers: ((value: object) => void)[] = [];
    const load = vi.fn(() => new Promise<object>((resolve) => answers.push(resolve)));
    function Shown() {
      return <p>{String(useQuestion("totals", EMPTY_VIEW, load).value)}</p>;
    }
    render(<Shown />);
    await pass(STEP_MS);
    await happen();
    await pass(20_000);
    expect(load).toHaveBeenCalledTimes(1);
    answers[0]?.({});
    await pass(2_200);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("leaves a view that ended alone when something happens", async () => {
    const { load } = ask({ ...EMPTY_VIEW, until: "2026-11-23T00:00:00Z" });
    await pass(STEP_MS);
    await happen();
    await pass(10_000);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("keeps showing the last answer until that of the new view is there", async () => {
    const { text, show } = ask();
    await pass(STEP_MS);
    expect(text()).toBe("1");
    show({ ...EMPTY_VIEW, q: "jail:sshd" });
    expect(text()).toBe("1 pending");
    await pass(STEP_MS);
    expect(text()).toBe("2");
  });
});
