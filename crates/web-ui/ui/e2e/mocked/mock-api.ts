// A made-up API inside the browser: answers that a spec may replace, and an event stream that it may write to.

import type { Page, Route } from "@playwright/test";
import { BANS, JAILS, SSHD, SYSTEM, at } from "./fixtures.ts";
import { addressAnswer, completionsAnswer, MATCHES, PLACED } from "./fixtures-history.ts";
import { offenders, timeline, top, totals } from "./fixtures-overview.ts";
import { JOBS, LOG, PLACES, SESSIONS } from "./fixtures-system.ts";

type Answer = { status?: number; headers?: Record<string, string>; body: unknown };
type Handler = (url: URL, route: Route) => Answer | null;

/** The answers, by method and path. A path that ends in a slash stands for every longer one. */
export type Answers = Record<string, Handler>;

const ok = (body: unknown): Answer => ({ body });

const USER = { user: { id: 1, name: "alice" }, created_at: at(-600), expires_at: at(36_000) };

export const HEALTHY: Answers = {
  "GET /api/setup": () => ok({ needed: false }),
  "GET /api/auth/me": () => ok(USER),
  "POST /api/auth/login": () => ok(USER),
  "POST /api/auth/logout": () => ({ status: 204, body: null }),
  "GET /api/system": () => ok(SYSTEM),
  "GET /api/system/log": () => ok(LOG),
  "GET /api/places": () => ok(PLACES),
  "GET /api/jails": () => ok({ items: JAILS, next: null, observed_at: at(-1), online: true }),
  "GET /api/jails/": (url) => ok({ ...SSHD, name: url.pathname.split("/").at(-1) }),
  "GET /api/bans": (url) => {
    const ip = url.searchParams.get("ip");
    return ok({ items: ip === null ? BANS : BANS.filter((ban) => ban.ip === ip), next: null });
  },
  "GET /api/events": (url) => ok({ items: PLACED.slice(0, Number(url.searchParams.get("limit") ?? 50)), next: null }),
  "GET /api/history/totals": (url) => ok(totals(url)),
  "GET /api/history/timeline": (url) => ok(timeline(url)),
  "GET /api/history/top": (url) => ok(top(url)),
  "GET /api/history/offenders": (url) => ok(offenders(url)),
  "GET /api/history/completions": (url) => completionsAnswer(url),
  "GET /api/addresses/": (url) => addressAnswer(url),
  "GET /api/bans/": () => ok(MATCHES),
  "GET /api/allowlist/check": (url) => ok({ address: url.searchParams.get("address"), allowed: false, entries: [], own: [] }),
  "GET /api/jobs": () => ok({ items: JOBS, next: null }),
  "GET /api/sessions": () => ok({ items: SESSIONS, next: null }),
};

export const problem = (status: number, code: string, detail: string, more: object = {}): Answer => ({
  status,
  body: { type: "about:blank", title: "No", status, code, detail, request_id: "req-1", fields: [], ...more },
});

export const SESSION_REQUIRED: Handler = () => problem(401, "session_required", "Log in first.");

/** Puts the API in place for a page. The returned record may be changed while the page is open. */
export async function mockApi(page: Page, changes: Answers = {}): Promise<Answers> {
  const answers = { ...HEALTHY, ...changes };
  await page.addInitScript(fakeStream);
  await page.route("**/api/**", async (route) => {
    const url = new URL(route.request().url());
    const call = `${route.request().method()} ${url.pathname}`;
    const key = Object.keys(answers)
      .filter((key) => call === key || (key.endsWith("/") && call.startsWith(key)))
      .sort((a, b) => b.length - a.length)[0];
    const answer = key === undefined ? problem(404, "route_not_found", call) : answers[key]?.(url, route);
    // Null stands for a server that is not there.
    if (answer === null || answer === undefined) return route.abort("connectionrefused");
    const { status = 200, headers = {}, body } = answer;
    const contentType = status >= 400 ? "application/problem+json" : "application/json";
    return route.fulfill({ status, headers, contentType, body: body === null ? "" : JSON.stringify(body) });
  });
  return answers;
}

/** Sends one event on the page's stream. */
export async function send(page: Page, event: string, data: unknown, id?: string | number): Promise<void> {
  const lines = [`event: ${event}`, ...(id === undefined ? [] : [`id: ${id}`]), `data: ${JSON.stringify(data)}`, "", ""];
  await page.evaluate((text) => window.fakeStream.write(text), lines.join("\n"));
}

/** Breaks the page's stream; `refuse` makes the next tries fail as well. */
export async function breakStream(page: Page, refuse: boolean): Promise<void> {
  await page.evaluate((refuse) => window.fakeStream.cut(refuse), refuse);
}

declare global {
  interface Window {
    fakeStream: { write(text: string): void; cut(refuse: boolean): void };
  }
}

/** Runs in the page: a stream that stays open, which `page.route` cannot fulfil. */
function fakeStream(): void {
  const real = window.fetch.bind(window);
  let current: ReadableStreamDefaultController<Uint8Array> | null = null;
  let refused = false;
  window.fakeStream = {
    write: (text) => current?.enqueue(new TextEncoder().encode(text)),
    cut(refuse) {
      refused = refuse;
      current?.error(new TypeError("network error"));
      current = null;
    },
  };
  window.fetch = async (input, init) => {
    if (!String(input).includes("/api/events/stream")) return real(input, init);
    if (refused) throw new TypeError("Failed to fetch");
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        current = controller;
        init?.signal?.addEventListener("abort", () => (current = null));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
}
