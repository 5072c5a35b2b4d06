// States that a healthy stack does not show on request: no fail2ban, no server, no session, nothing there.

import { expect, test } from "@playwright/test";
import { BANS, EVENTS, JAILS, OFFLINE, ONLINE, SYSTEM, at } from "./fixtures.ts";
import { addressAnswer, NEVER_BANNED } from "./fixtures-history.ts";
import { breakStream, mockApi, problem, send, SESSION_REQUIRED } from "./mock-api.ts";

test("an offline fail2ban says why and what to do, and is no empty list", async ({ page }) => {
  await mockApi(page, {
    "GET /api/system": () => ({ body: { ...SYSTEM, fail2ban: OFFLINE } }),
    "GET /api/jails": () => ({ body: { items: [], next: null, observed_at: null, online: false } }),
  });
  await page.goto("/");
  await expect(page.getByText("fail2ban does not answer", { exact: true })).toBeVisible();
  await expect(page.getByText("connection refused")).toBeVisible();
  await expect(page.getByText("systemctl status fail2ban")).toBeVisible();
  await expect(page.getByText("The jails are not known yet.")).toBeVisible();
  await expect(page.getByText("fail2ban has no jail")).toHaveCount(0);
});

test("fail2ban going and coming back shows without a reload, on every page", async ({ page }) => {
  await mockApi(page);
  await page.goto("/jails/sshd");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await send(page, "offline", OFFLINE);
  await expect(page.getByText("fail2ban does not answer.", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "More" }).click();
  await expect(page.getByText("fail2ban does not answer", { exact: true })).toBeVisible();
  await send(page, "online", ONLINE);
  await expect(page.getByText("fail2ban is online")).toBeVisible();
});

test("a server that is gone is named on the page, whose content stays", async ({ page }) => {
  const answers = await mockApi(page);
  await page.goto("/");
  await expect(page.getByRole("link", { name: "postfix" }).first()).toBeVisible();
  answers["GET /api/system"] = () => null;
  await breakStream(page, true);
  await expect(page.getByText("BanGUI's server does not answer")).toBeVisible();
  await expect(page.getByText("reconnecting")).toBeVisible();
  await expect(page.getByRole("link", { name: "postfix" }).first()).toBeVisible();
  await page.evaluate(() => window.fakeStream.cut(false));
  await expect(page.getByText("live", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("BanGUI's server does not answer")).toHaveCount(0);
});

test("a server that was never there is tried again on request", async ({ page }) => {
  const answers = await mockApi(page, { "GET /api/auth/me": () => null });
  await page.goto("/jails/sshd");
  await expect(page.getByText("BanGUI cannot be reached.")).toBeVisible();
  answers["GET /api/auth/me"] = () => ({ body: { user: { id: 1, name: "alice" }, expires_at: at(60) } });
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Jail sshd" })).toBeVisible();
});

test("a session that ends in the middle leads to the login and back to the page", async ({ page }) => {
  const answers = await mockApi(page);
  await page.goto("/jails/sshd");
  await expect(page.getByRole("rowheader", { name: "203.0.113.7" })).toBeVisible();
  answers["GET /api/bans"] = SESSION_REQUIRED;
  await page.getByRole("button", { name: /^Address/ }).click();
  await expect(page.getByText("Your session has ended.")).toBeVisible();
  await expect(page).toHaveURL(/\/login\?next=%2Fjails%2Fsshd$/);
  answers["GET /api/bans"] = () => ({ body: { items: BANS, next: null } });
  await page.getByLabel("User").fill("alice");
  await page.getByLabel("Password").fill("correct");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL(/\/jails\/sshd$/);
  await expect(page.getByRole("heading", { name: "Jail sshd" })).toBeVisible();
});

test("too many tries at the login make one wait, in sight", async ({ page }) => {
  await mockApi(page, {
    "GET /api/auth/me": SESSION_REQUIRED,
    "POST /api/auth/login": () => ({
      ...problem(429, "login_throttled", "Too many failed logins."),
      headers: { "retry-after": "3" },
    }),
  });
  await page.goto("/login");
  await page.getByLabel("User").fill("alice");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toHaveText("Too many failed logins.");
  await expect(page.getByRole("button", { name: /^Wait \d s$/ })).toBeDisabled();
  await expect(page.getByRole("button", { name: "Log in" })).toBeEnabled();
});

test("the first run asks for the token, and shows what is wrong with it", async ({ page }) => {
  const answers = await mockApi(page, {
    "GET /api/auth/me": SESSION_REQUIRED,
    "GET /api/setup": () => ({ body: { needed: true } }),
    "POST /api/setup": () => problem(403, "setup_token_invalid", "That is not the token of this start."),
  });
  await page.goto("/jails/sshd");
  await expect(page).toHaveURL(/\/setup$/);
  await page.getByLabel("Set-up token").fill("guess");
  await page.getByLabel("Password", { exact: true }).fill("a long enough password");
  await page.getByLabel("Password again").fill("another password");
  await page.getByRole("button", { name: "Make the user" }).click();
  await expect(page.getByText("The two passwords differ.")).toBeVisible();
  await page.getByLabel("Password again").fill("a long enough password");
  await page.getByRole("button", { name: "Make the user" }).click();
  await expect(page.getByText("That is not the token of this start.")).toBeVisible();
  answers["POST /api/setup"] = () => ({ status: 201, body: { user: { id: 1, name: "admin" }, expires_at: at(60) } });
  await page.getByRole("button", { name: "Make the user" }).click();
  await expect(page.getByText("fail2ban is online")).toBeVisible();
});

test("nothing there is said in words: no jail, no ban, no event, no page", async ({ page }) => {
  const nothing = () => ({ body: { items: [], next: null } });
  await mockApi(page, {
    "GET /api/jails": () => ({ body: { items: [], next: null, observed_at: at(0), online: true } }),
    "GET /api/bans": nothing,
    "GET /api/events": nothing,
    "GET /api/addresses/": (url) => ({ body: { ...addressAnswer(url).body, ...NEVER_BANNED } }),
    "GET /api/jails/gone": () => problem(404, "jail_not_found", "There is no such jail."),
    "GET /api/jails/sshd": () => problem(500, "internal", "Something broke."),
  });
  await page.goto("/");
  await expect(page.getByText("fail2ban has no jail.")).toBeVisible();
  await expect(page.getByText("No ban has been recorded yet.")).toBeVisible();
  await page.goto("/history");
  await expect(page.getByText("The history is empty.")).toBeVisible();
  await page.goto("/search?q=203.0.113.9");
  await expect(page).toHaveURL(/\/address\/203\.0\.113\.9$/);
  await expect(page.getByText("203.0.113.9 is not banned.")).toBeVisible();
  await expect(page.getByText("none seen")).toBeVisible();
  await expect(page.getByText("BanGUI has seen no ban or unban of 203.0.113.9.")).toBeVisible();
  await page.goto("/jails/gone");
  await expect(page.getByText("fail2ban has no jail named “gone”.")).toBeVisible();
  await page.goto("/jails/sshd");
  await expect(page.getByText("Nobody is banned in sshd.")).toBeVisible();
  await expect(page.getByText("Something broke.")).toBeVisible();
  await expect(page.getByText("req-1")).toBeVisible();
  await page.goto("/no/such/page");
  await expect(page.getByRole("heading", { name: "No such page" })).toBeVisible();
});

test("a page that cannot be drawn leaves the way to the others", async ({ page }) => {
  await mockApi(page, { "GET /api/jails/": () => ({ body: { name: "sshd" } }) });
  await page.goto("/jails/sshd");
  await expect(page.getByRole("heading", { name: "This page failed" })).toBeVisible();
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("heading", { name: "History" })).toBeVisible();
});

test("events arrive once, can be held still, and the jails count along", async ({ page }) => {
  await mockApi(page, { "GET /api/events": () => ({ body: { items: EVENTS.slice(0, 2), next: null } }) });
  await page.goto("/");
  const events = page.getByRole("table", { name: "Newest bans and unbans" });
  await expect(events.getByRole("rowheader")).toHaveCount(2);
  const event = { ...EVENTS[0], id: 20_001, ip: "203.0.113.250", occurred_at: at(5) };
  await send(page, "ban", event, 20_001);
  await send(page, "ban", event, 20_001);
  await expect(events.getByRole("rowheader").first()).toHaveText("203.0.113.250");
  await expect(events.getByRole("rowheader")).toHaveCount(3);
  await page.getByRole("button", { name: "Pause" }).click();
  await send(page, "ban", { ...event, id: 20_002, ip: "203.0.113.251", occurred_at: at(6) }, 20_002);
  await expect(page.getByText("paused · 1 new")).toBeVisible();
  await expect(events.getByRole("rowheader")).toHaveCount(3);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(events.getByRole("rowheader").first()).toHaveText("203.0.113.251");
  await send(page, "jails", { items: JAILS.map((jail) => ({ ...jail, currently_banned: 54_321 })), observed_at: at(7) });
  await expect(page.getByRole("cell", { name: "54,321" })).toHaveCount(3);
});

test("a flood of events leaves the page usable", async ({ page }) => {
  await mockApi(page);
  await page.goto("/");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await page.evaluate((template) => {
    let id = 30_000;
    const burst = (): void => {
      for (let count = 0; count < 50; count += 1, id += 1) {
        const event = { ...template, id, ip: `198.51.100.${id % 256}`, occurred_at: new Date().toISOString() };
        window.fakeStream.write(`event: ban\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
      }
      if (id < 32_000) setTimeout(burst, 50);
    };
    burst();
  }, EVENTS[0]);
  await page.getByRole("link", { name: "nginx" }).first().click();
  await expect(page).toHaveURL(/\/jails\/nginx$/);
  await page.getByRole("link", { name: "Overview", exact: true }).click();
  await expect(page.getByRole("table", { name: "Newest bans and unbans" }).getByRole("rowheader")).toHaveCount(15);
});
