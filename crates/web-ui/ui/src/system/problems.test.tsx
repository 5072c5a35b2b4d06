// A jail that cannot be read is named with what fail2ban said, and many do not fill the page.

import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import type { Fail2banState, ServerProblem } from "../api/types.ts";
import { StatusLine } from "../pages/overview/status-line.tsx";
import { Problems } from "./problems.tsx";

const SINCE = "2026-11-26T12:00:00.000Z";

function problem(code: string, jail: string | null): ServerProblem {
  return { code, jail, detail: "year 4461763 is out of range", hint: "Lift the ban.", since: SINCE };
}

function online(problems: ServerProblem[]): Fail2banState {
  const version = "1.0.2";
  return { state: "online", version, latency_ms: 1, jails: 2, checked_at: SINCE, since: SINCE, problem: null, problems };
}

afterEach(cleanup);

describe("Problems", () => {
  it("name the jail, what fail2ban said and what to do, on the overview too", () => {
    const state = online([problem("unpolled", null), problem("jail_unreadable", "sshd")]);
    render(<StatusLine state={state} error={null} onRetry={() => undefined} />);
    expect(screen.getByRole("link", { name: "sshd" }).getAttribute("href")).toBe("/jails/sshd");
    const text = document.body.textContent ?? "";
    expect(text).toContain("Its list of bans cannot be read. year 4461763 is out of range");
    expect(text).toContain("What fail2ban bans is not recorded.");
    expect(text).toContain("Lift the ban.");
  });

  it("are nothing where there is none, and are counted where there are many", () => {
    const { container } = render(<Problems state={online([])} />);
    expect(container.textContent).toBe("");
    cleanup();
    render(<Problems state={online(Array.from({ length: 9 }, (_, it) => problem("of_tomorrow", `jail-${it}`)))} />);
    expect(screen.getAllByRole("link")).toHaveLength(5);
    expect(document.body.textContent).toContain("And 4 more problems.");
  });
});
