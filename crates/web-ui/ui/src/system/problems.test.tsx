// A jail that cannot be read is named with what fail2ban said, and many do not fill the page.

import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import type { Fail2banState, ServerProblem } from "../api/types.ts";
import { StatusLine } from "../pages/overview/status-line.tsx";
import { Problems } from "./problems.tsx";

const SINCE = "2026-11-26T12:00:00.000Z";

function problem(code: ServerProblem["code"], jail: string | null): ServerProblem {
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

  it("cannot turn the line by what fail2ban said", () => {
    const turned = { ...problem("database_unreadable", null), detail: "no such file: \u202egnp.exe" };
    render(<Problems state={online([turned])} />);
    expect(document.body.textContent).not.toContain("\u202e");
    expect(screen.getByText("fail2ban's database cannot be read.")).not.toBeNull();
    cleanup();
    const refused = { code: "refused", detail: "no: \u202egnp.exe", hint: "\u202e" };
    render(<StatusLine state={{ ...online([]), state: "offline", problem: refused }} error={null} onRetry={() => undefined} />);
    expect(document.body.textContent).not.toContain("\u202e");
  });

  it("are nothing where there is none; where there are many, each jail is named, and the page about them has all", () => {
    const { container } = render(<Problems state={online([])} />);
    expect(container.textContent).toBe("");
    cleanup();
    render(<Problems state={online(Array.from({ length: 9 }, (_, it) => problem("of_tomorrow" as ServerProblem["code"], `jail-${it}`)))} />);
    const names = () => screen.getAllByRole("link").map((link) => link.textContent);
    expect(names()).toEqual([...Array.from({ length: 9 }, (_, it) => `jail-${it}`), "System page"]);
    expect(document.body.textContent).toContain("And 4 more problems of jail-5, jail-6, jail-7, jail-8. The System page has all of them.");
    expect(screen.getAllByText(/year 4461763/)).toHaveLength(5);
    cleanup();
    render(<Problems all state={online(Array.from({ length: 9 }, (_, it) => problem("of_tomorrow" as ServerProblem["code"], `jail-${it}`)))} />);
    expect([names().length, screen.getAllByText(/year 4461763/).length]).toEqual([9, 9]);
  });
});
