// The overview when nothing is there, when parts fail, with hostile names, for everyone, and under the server's policy.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import type { ListedJail } from "../../src/api/types.ts";
import { NO_OFFENDERS, NO_TIMELINE, NO_TOP, NO_TOTALS, timeline, top } from "./fixtures-overview.ts";
import { at, JAILS, SSHD } from "./fixtures.ts";
import { type Answers, mockApi, problem, send } from "./mock-api.ts";
import { drawn, spot } from "./overview-page.ts";

const EMPTY: Answers = {
  "GET /api/history/totals": (url) => ({ body: NO_TOTALS(url) }),
  "GET /api/history/timeline": (url) => ({ body: NO_TIMELINE(url) }),
  "GET /api/history/top": (url) => ({ body: NO_TOP(url) }),
  "GET /api/history/offenders": (url) => ({ body: NO_OFFENDERS(url) }),
  "GET /api/events": () => ({ body: { items: [], next: null } }),
};

test("a fresh install says that nothing has happened yet, once", async ({ page }) => {
  await mockApi(page, EMPTY);
  await page.goto("/");
  await expect(page.getByText("No ban in this time.")).toBeVisible();
  await expect(page.getByText("No ban has been recorded yet.")).toBeVisible();
  await expect(page.getByLabel("Totals").getByText("usual not known yet")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Where from" })).toHaveCount(0);
  await expectAccessible(page);
});

test("a filter that cannot be understood is said once, at the filter", async ({ page }) => {
  const fields = [{ field: "q", message: "At 1: there is no name “jial”. Did you mean jail?" }];
  const wrong = () => problem(400, "invalid_request", "The query cannot be understood.", { fields });
  await mockApi(page, { ...Object.fromEntries(Object.keys(EMPTY).map((key) => [key, wrong])) });
  await page.goto("/?q=jial:sshd");
  await expect(page.getByText("Did you mean jail?")).toBeVisible();
  await expect(page.getByText("cannot be understood")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Bans over time" })).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Jails", exact: true })).toBeVisible();
});

test("one part that fails leaves the others, and is tried again on request", async ({ page }) => {
  const answers = await mockApi(page, {
    "GET /api/history/timeline": () => problem(500, "internal", "Something broke."),
  });
  await page.goto("/");
  await expect(page.getByText("The bans over time could not be loaded.")).toBeVisible();
  await expect(page.getByRole("table", { name: "Countries" })).toBeVisible();
  answers["GET /api/history/timeline"] = (url) => ({ body: timeline(url) });
  await page.getByRole("button", { name: "Try again" }).click();
  await drawn(page);
});

test("a script that is not there any more is said to be missing", async ({ page }) => {
  await mockApi(page);
  await page.route(/world-map-.*\.js/, (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto("/");
  await expect(page.getByText("reloading the page helps")).toBeVisible();
  await drawn(page);
});

test("jails that cannot see what they should are named first, with what to do, and on their own pages", async ({ page }) => {
  const gone = ["/var/log/mail.log", "/var/log/\ufffd.log"].map((path) => ({ path, state: "missing" as const }));
  const [nginx, postfix, sshd] = JAILS as [ListedJail, ListedJail, ListedJail];
  const jails: ListedJail[] = [
    { ...nginx, log: "nothing", watches: { files: [], journal: [] }, total_failed: 0, total_banned: 0 },
    { ...postfix, log: "missing", watches: { files: [...gone, { path: "/var/log/mail.err", state: "unknown" }], journal: [] } },
    { ...sshd, log: "unknown", watches: { files: [{ path: "/var/log/auth.log", state: "unknown" }], journal: [] } },
  ];
  await mockApi(page, {
    "GET /api/jails": () => ({ body: { items: jails, next: null, observed_at: at(0), online: true } }),
    "GET /api/jails/": (url) => ({ body: { ...SSHD, ...jails.find(({ name }) => url.pathname.endsWith(name)) } }),
  });
  await page.goto("/");
  await expect(page.getByText("The jail nginx reads no log file and no journal, so it finds nothing.")).toBeVisible();
  await expect(page.getByText("The jail postfix reads /var/log/mail.log, /var/log/\ufffd.log, which were there and are gone.")).toBeVisible();
  await expect(page.locator(".status-problem").getByText("sshd")).toHaveCount(0);
  await expect(page.getByText("found nothing since fail2ban started")).toHaveCount(0);
  await expectAccessible(page, ".status");
  // Counters that move say nothing of the logs.
  await send(page, "jails", { items: [{ ...postfix, log: undefined, watches: undefined }], observed_at: at(1) });
  await expect(page.getByText("The jail nginx")).toHaveCount(0);
  await page.getByText("The jail postfix").getByRole("link").click();
  await expect(page.getByText("It reads /var/log/mail.log")).toBeVisible();
  await expect(page.getByText("/var/log/mail.log missing")).toBeVisible();
  await expect(page.getByText("BanGUI has not seen all of these files")).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 800 });
  await expectNoSidewaysScroll(page);
  await page.goto("/jails/sshd");
  await expect(page.getByText("BanGUI has not seen this file")).toBeVisible();
  await expect(page.getByText("does not see what it should")).toHaveCount(0);
});

test("thirty jails with hostile names are drawn harmlessly, on a phone too", async ({ page }) => {
  const evil = `<img src=x onerror="document.title='hacked'">\u202eevil\u0007 ${"x".repeat(150)}`;
  const shares = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [index === 0 ? evil : `jail-${index}`, 40 - index]));
  const jails = Object.keys(shares).map((name) => ({ name, currently_failed: 0, total_failed: 0, currently_banned: 0, total_banned: 0, log: "watching", watches: { files: [], journal: [] }, problem: null }));
  await mockApi(page, {
    "GET /api/jails": () => ({ body: { items: jails, next: null, observed_at: at(0), online: true } }),
    "GET /api/history/timeline": (url) => ({ body: timeline(url, shares) }),
    "GET /api/history/top": (url) => {
      const full = top(url);
      return { body: { ...full, rows: full.rows.map((row) => ({ ...row, label: evil })) } };
    },
  });
  await page.goto("/");
  await drawn(page);
  await expect(page.locator(".legend li")).toHaveCount(10);
  await expect(page.getByText("30 jails have found nothing since fail2ban started:")).toBeVisible();
  expect(await page.locator("body").innerText()).not.toMatch(/[\u202e\u0007]/);
  await page.setViewportSize({ width: 360, height: 800 });
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Table of Bans over time" }).click();
  await page.getByRole("button", { name: "network", exact: true }).click();
  await expectNoSidewaysScroll(page);
  await expect(page).toHaveTitle("Overview · BanGUI");
});

test("what a bar tells and the tables behind chart and map have no violation, on a phone too", async ({ page }) => {
  await mockApi(page);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto("/?q=jail:sshd");
  await drawn(page);
  const { x, y } = await spot(page, 0.3);
  await page.mouse.click(x, y);
  await expect(page.locator(".tip-pinned")).toBeVisible();
  await page.getByRole("button", { name: "Table of Where from" }).click();
  await expectAccessible(page, ".figure");
  await page.getByRole("button", { name: "Table of Bans over time" }).click();
  await expectAccessible(page, "#main > .figure");
  await expectNoSidewaysScroll(page);
});

test("under the server's own policy nothing is refused", async ({ page }) => {
  const source = await readFile(join(import.meta.dirname, "../../../src/headers.rs"), "utf8");
  const policy = /CONTENT_SECURITY_POLICY: &str = "([^"]+)"/.exec(source)?.[1]?.replace(/\\\s+/g, "");
  expect(policy).toContain("style-src 'self'");
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedScript/i.test(message.text())) refused.push(message.text());
  });
  await mockApi(page);
  await page.route(/\/(\?.*)?$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": policy ?? "" } });
  });
  await page.goto("/");
  await drawn(page);
  const { x, y } = await spot(page, 0.3);
  await page.mouse.move(x, y);
  // Where it stands is set by style, which the policy would keep from taking effect.
  await expect(page.locator(".tip")).toHaveCSS("left", /[1-9]\d*px/);
  await expect(page.locator(".share").first()).not.toHaveCSS("width", "0px");
  await page.locator('path[data-country="BR"]').hover();
  await expect(page.locator(".map-tip")).toBeVisible();
  expect(refused).toEqual([]);
});
