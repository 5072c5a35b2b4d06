// Everything under a path: pages, redirects and calls begin with it.

import { describe, expect, it, vi } from "vitest";
import { redirectFor } from "../app.tsx";
import { address } from "../api/client.ts";
import { baseOf, withoutBase } from "./base.ts";
import { EMPTY_VIEW } from "../filter/view.ts";
import { href, parseRoute, type Route } from "./routes.ts";

vi.mock("./base.ts", async (original) => {
  const real = await original<typeof import("./base.ts")>();
  return { ...real, BASE: "/tools/bangui", withoutBase: (path: string) => real.withoutBase(path, "/tools/bangui") };
});

const ROUTES: Route[] = [
  { page: "overview" },
  { page: "jail", jail: "sshd" },
  { page: "search", q: "192.0.2.1" },
  { page: "events", view: { ...EMPTY_VIEW, q: "kind:ban" } },
  { page: "address", ip: "203.0.113.0/24" },
  { page: "login", next: "/tools/bangui/jails/sshd" },
  { page: "login", next: "/tools/bangui/" },
  { page: "setup" },
];

describe("under a base path", () => {
  it.each(ROUTES.map((route) => [href(route), route] as const))("%s leads to its page and back", (url, route) => {
    expect(url.startsWith("/tools/bangui/")).toBe(true);
    expect(parseRoute(url)).toEqual(route);
  });

  it("reads a path from which a proxy has taken the base", () => {
    expect(parseRoute("/jails/sshd")).toEqual({ page: "jail", jail: "sshd" });
    expect(parseRoute("/tools/bangui")).toEqual({ page: "overview" });
    expect(parseRoute("/tools/banguide").page).toBe("missing");
  });

  it("sends to the login and back below the base", () => {
    const url = "/tools/bangui/jails/sshd";
    const login = redirectFor("anonymous", parseRoute(url), url) ?? "";
    expect(login).toBe("/tools/bangui/login?next=%2Ftools%2Fbangui%2Fjails%2Fsshd");
    expect(redirectFor("user", parseRoute(login), login)).toBe(url);
    expect(redirectFor("setup", parseRoute(url), url)).toBe("/tools/bangui/setup");
  });

  it("leads to the history below the base from its former address", () => {
    const former = "/tools/bangui/events?q=x";
    expect(redirectFor("user", parseRoute(former), former)).toBe("/tools/bangui/history?q=x");
  });

  it("calls the API below the base", () => {
    expect(address("/api/bans", { ip: "::1" })).toBe("/tools/bangui/api/bans?ip=%3A%3A1");
  });

  it("is told by the address of the script", () => {
    expect(baseOf("https://host/tools/bangui/assets/index-1.js")).toBe("/tools/bangui");
    expect(baseOf("https://host/assets/index-1.js?v=1")).toBe("");
    expect(baseOf("http://host/src/routes/base.ts")).toBe("");
    expect(withoutBase("/x", "")).toBe("/x");
  });
});
