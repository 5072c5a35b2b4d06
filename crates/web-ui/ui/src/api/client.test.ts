// Calls of the API: what is sent, and what each kind of failure becomes.

import { afterEach, describe, expect, it, vi } from "vitest";
import { address, call, watchCalls } from "./client.ts";
import { isForceable, isSessionRequired, messageOf, Problem, Unreachable } from "./problem.ts";

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json", ...headers } });

function answer(response: () => Response) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => response());
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

afterEach(() => vi.unstubAllGlobals());

const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => Promise.reject(new Error("the call succeeded")),
    (error: unknown) => error,
  );

describe("call", () => {
  it("sends JSON as JSON, and leaves empty filters out", async () => {
    const fetch = answer(() => json(201, { ip: "203.0.113.7" }));
    await call("POST", "/api/bans", { body: { ip: "203.0.113.7" }, query: { a: "", b: undefined, c: 3 } });
    const [url, init] = fetch.mock.calls[0] ?? [];
    expect(url).toBe("/api/bans?c=3");
    expect(init?.body).toBe('{"ip":"203.0.113.7"}');
    expect(new Headers(init?.headers).get("content-type")).toBe("application/json");
    expect(address("/x", { q: "a&b" })).toBe("/x?q=a%26b");
  });

  it("returns nothing for an answer without a body", async () => {
    answer(() => new Response(null, { status: 204 }));
    expect(await call("POST", "/api/auth/logout")).toBeUndefined();
  });

  it("reads a problem with its code, its fields and how long to wait", async () => {
    const body = { status: 429, code: "login_throttled", detail: "Too many tries.", fields: [{ field: "ip", message: "bad" }] };
    answer(() => json(429, body, { "retry-after": "27" }));
    const error = (await failed(call("POST", "/api/auth/login"))) as Problem;
    expect(error).toBeInstanceOf(Problem);
    expect([error.status, error.code, error.message, error.retryAfter]).toEqual([429, "login_throttled", "Too many tries.", 27]);
    expect(error.field("ip")).toBe("bad");
    expect(error.field("jail")).toBeUndefined();
  });

  it("makes a problem of an answer that is not JSON", async () => {
    answer(() => new Response("<html>Bad gateway</html>", { status: 502 }));
    const error = (await failed(call("GET", "/api/jails"))) as Problem;
    expect(error.status).toBe(502);
    expect(messageOf(error)).toContain("502");
  });

  it("tells the watchers of a missing session and of a missing server", async () => {
    const heard: string[] = [];
    const stop = watchCalls({
      sessionRequired: () => heard.push("session"),
      reached: (answered) => heard.push(answered ? "answered" : "silent"),
    });
    answer(() => json(401, { code: "session_required" }));
    expect(isSessionRequired(await failed(call("GET", "/api/jails")))).toBe(true);
    answer(() => json(401, { code: "credentials_invalid" }));
    expect(isSessionRequired(await failed(call("POST", "/api/auth/login")))).toBe(false);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await failed(call("GET", "/api/jails"))).toBeInstanceOf(Unreachable);
    stop();
    expect(heard).toEqual(["answered", "session", "answered", "silent"]);
  });

  it("does not take its own abort for a missing server", async () => {
    const heard: boolean[] = [];
    const stop = watchCalls({ sessionRequired: () => undefined, reached: (answered) => heard.push(answered) });
    vi.stubGlobal("fetch", () => Promise.reject(new DOMException("aborted", "AbortError")));
    expect(await failed(call("GET", "/api/jails"))).toBeInstanceOf(DOMException);
    stop();
    expect(heard).toEqual([]);
  });
});

describe("problems", () => {
  it("may be insisted on only where the server merely advises against", () => {
    const forceable = ["ban_own_address", "ban_loopback", "ban_ignored", "ban_network_too_wide"];
    for (const code of forceable) expect(isForceable(new Problem(409, { code }))).toBe(true);
    expect(isForceable(new Problem(409, { code: "something_else" }))).toBe(false);
    expect(isForceable(new Problem(400, { code: "ban_ignored" }))).toBe(false);
    expect(isForceable(new Error("no"))).toBe(false);
  });

  it("always have something to say", () => {
    expect(messageOf(new Problem(500, { detail: "", title: "Internal error" }))).toBe("Internal error");
    expect(messageOf("what")).toContain("unexpected");
  });
});
