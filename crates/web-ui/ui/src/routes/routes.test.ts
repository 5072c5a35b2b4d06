// Addresses of pages: read, written, and safe to follow.

import { describe, expect, it } from "vitest";
import { EMPTY_VIEW } from "../filter/view.ts";
import { href, pageKey, parseRoute, type Route } from "./routes.ts";
import { redirectFor } from "../app.tsx";

const ROUTES: Route[] = [
  { page: "overview" },
  { page: "overview", view: { q: "jail:sshd country:NL", since: "24h", until: "" } },
  { page: "jail", jail: "sshd" },
  { page: "jail", jail: "web/my jail?#%" },
  { page: "search", q: "2001:db8::/32" },
  { page: "search", q: "a&b=c <script>" },
  { page: "search", q: "" },
  { page: "events", view: EMPTY_VIEW },
  { page: "events", view: { q: "jail:sshd x", since: "30d", until: "2026-11-23T10:00:00.000Z" } },
  { page: "events", view: EMPTY_VIEW, from: "2026-11-23T10:00:00.000Z", open: "7-1764000000000" },
  { page: "events", view: EMPTY_VIEW, open: "-7-1764000000000" },
  { page: "address", ip: "203.0.113.7" },
  { page: "address", ip: "203.0.113.0/24" },
  { page: "address", ip: "2001:db8::/32" },
  { page: "address", ip: "2001:db8::7", open: "7-1764000000000" },
  { page: "system" },
  { page: "account" },
  { page: "login", next: "/jails/sshd?x=1" },
  { page: "login", next: "/" },
  { page: "setup" },
];

describe("routes", () => {
  it.each(ROUTES.map((route) => [href(route), route] as const))("%s leads to its page and back", (url, route) => {
    expect(parseRoute(url)).toEqual(route);
  });

  it.each(["/jails", "/jails/a/b", "/address", "/address/x", "/address/192.0.2.0/24/1", "/address/%ff", "/nope", "/login/x", "/system/jobs", "/jails/%ff"])("%s is no page", (url) => {
    expect(parseRoute(url).page).toBe("missing");
  });

  it("drops what it does not know, instead of showing it as set", () => {
    expect(parseRoute("/history?since=soon&from=then&colour=red")).toEqual({ page: "events", view: EMPTY_VIEW });
  });

  it("ignores a slash at the end", () => {
    expect(parseRoute("/jails/sshd/")).toEqual({ page: "jail", jail: "sshd" });
  });

  it.each(["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/login?next=/login"])(
    "after the login, %j is not where to go",
    (next) => {
      expect(parseRoute(`/login?${new URLSearchParams({ next })}`)).toEqual({ page: "login", next: "/" });
    },
  );

  it("takes a change of filters for the same page, and another jail for another", () => {
    const filtered: Route = { page: "events", view: { ...EMPTY_VIEW, q: "kind:ban" } };
    expect(pageKey(filtered)).toBe(pageKey({ page: "events", view: EMPTY_VIEW }));
    expect(pageKey({ page: "address", ip: "::1" })).not.toBe(pageKey({ page: "address", ip: "::2" }));
    expect(pageKey({ page: "jail", jail: "a" })).not.toBe(pageKey({ page: "jail", jail: "b" }));
  });
});

describe("redirects", () => {
  const to = (phase: string, url: string): string | null => redirectFor(phase, parseRoute(url), url);

  it("sends who is not logged in to the login, and afterwards back", () => {
    const login = to("anonymous", "/jails/sshd");
    expect(login).toBe("/login?next=%2Fjails%2Fsshd");
    expect(to("user", login ?? "")).toBe("/jails/sshd");
  });

  it("sends everyone to the set-up while there is no user", () => {
    expect(to("setup", "/")).toBe("/setup");
    expect(to("setup", "/setup")).toBeNull();
    expect(to("user", "/setup")).toBe("/");
    expect(to("anonymous", "/setup")).toBe("/login");
  });

  it.each([
    ["/events", "/history"],
    ["/events/", "/history"],
    ["/events?q=jail%3Asshd+since%3A2d&since=30d&open=-4-1", "/history?q=jail%3Asshd+since%3A2d&since=30d&open=-4-1"],
  ])("leads from the former address of the history to its present one: %s", (former, present) => {
    expect(to("user", former)).toBe(present);
    expect(to("user", present)).toBeNull();
    const login = to("anonymous", former) ?? "";
    expect(to("user", login)).toBe(former);
  });

  it("leaves who is logged in, and who is being asked about, where they are", () => {
    expect(to("user", "/history?kind=ban")).toBeNull();
    expect(to("checking", "/jails/sshd")).toBeNull();
    expect(to("anonymous", "/login")).toBeNull();
  });
});
