// Every page for everyone: by keyboard, by screen reader, on a phone, in light and dark.

import { expect, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import { HUNG, OFFLINE, SYSTEM } from "./fixtures.ts";
import { LOST } from "./fixtures-system.ts";
import { mockApi, problem, SESSION_REQUIRED, type Answers } from "./mock-api.ts";

const OUT: Answers = { "GET /api/auth/me": SESSION_REQUIRED };
const PAGES: [name: string, url: string, heading: string, changes: Answers][] = [
  ["overview", "/", "Overview", {}],
  ["overview, offline", "/", "Overview", { "GET /api/system": () => ({ body: { ...SYSTEM, fail2ban: OFFLINE } }) }],
  ["jail", "/jails/sshd", "Jail sshd", {}],
  ["jail, hung", "/jails/sshd", "Jail sshd", { "GET /api/system": () => ({ body: { ...SYSTEM, fail2ban: HUNG } }) }],
  ["search", "/search?q=ticket", "Search ticket", {}],
  ["address", "/address/203.0.113.7", "Address 203.0.113.7", {}],
  ["network", "/address/203.0.113.0/24", "Network 203.0.113.0/24", {}],
  ["empty search", "/search", "Search", {}],
  ["history", "/history", "History", {}],
  ["history, filtered", "/history?q=jail:sshd+-country:NL&since=2026-11-01T00:00:00Z", "History", {}],
  ["system", "/system", "System", {}],
  ["system, lock lost", "/system", "System", { "GET /api/system": () => ({ body: LOST }) }],
  ["account", "/account", "Account alice", {}],
  ["login", "/login", "Log in", OUT],
  ["set-up", "/setup", "Set up BanGUI", { ...OUT, "GET /api/setup": () => ({ body: { needed: true } }) }],
  ["missing", "/nope", "No such page", {}],
];

for (const [name, url, heading, changes] of PAGES) {
  test(`${name}: no serious violation, and no sideways scroll on a phone`, async ({ page }) => {
    await mockApi(page, changes);
    await page.goto(url);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeAttached();
    await expect(page.locator(".skeleton")).toHaveCount(0);
    await expectAccessible(page);
    for (const width of [360, 390, 660, 768]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoSidewaysScroll(page);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    await expectAccessible(page);
  });
}

test("a dialog is announced, closes on Escape, and gives the focus back", async ({ page }) => {
  await mockApi(page);
  await page.goto("/jails/sshd");
  const unban = page.getByRole("button", { name: "Unban 203.0.113.7 from sshd" });
  await unban.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Unban 203.0.113.7?" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(unban).toBeFocused();
});

test("after an unban the focus is on the list, not lost with the row", async ({ page }) => {
  await mockApi(page, {
    "DELETE /api/bans/": () => ({ body: { ip: "203.0.113.7", unbanned: 1, jails: [] } }),
  });
  await page.goto("/jails/sshd");
  await page.getByRole("button", { name: "Unban 203.0.113.7 from sshd" }).click();
  await page.getByRole("button", { name: "Unban from sshd" }).click();
  await expect(page.getByRole("rowheader", { name: "203.0.113.7", exact: true })).toHaveCount(0);
  await expect(page.getByText("203.0.113.7 is unbanned from sshd.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Banned now" })).toBeFocused();
});

test("a navigation moves the focus to the heading and names the window", async ({ page }) => {
  await mockApi(page);
  await page.goto("/");
  await expect(page).toHaveTitle("Overview · BanGUI");
  await page.getByRole("link", { name: "sshd" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(page).toHaveTitle("sshd · BanGUI");
  await page.goBack();
  await expect(page).toHaveTitle("Overview · BanGUI");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
});

test("the slash key searches from everywhere, but not while something is typed", async ({ page }) => {
  await mockApi(page);
  await page.goto("/jails/sshd");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("/");
  const search = page.getByRole("searchbox", { name: "Search" });
  await expect(search).toBeFocused();
  await page.keyboard.type("203.0.113.0/24");
  await expect(search).toHaveValue("203.0.113.0/24");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Network 203.0.113.0/24" })).toBeFocused();
});

test("the skip link is the first stop, and leads past the header", async ({ page }) => {
  await mockApi(page);
  await page.goto("/");
  await expect(page.getByText("fail2ban is online")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("the choice of colours holds after a reload", async ({ page }) => {
  await mockApi(page);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/");
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByText("alice", { exact: true }).click();
  await page.getByLabel("Dark").check();
  expect(await ground()).not.toBe(light);
  await page.reload();
  await expect(page.getByText("fail2ban is online")).toBeVisible();
  expect(await ground()).not.toBe(light);
});

test("a refused ban is explained, and forced only on request", async ({ page }) => {
  const bodies: unknown[] = [];
  await mockApi(page, {
    "POST /api/bans": (_url, route) => {
      bodies.push(route.request().postDataJSON());
      return bodies.length === 1
        ? problem(409, "ban_ignored", "sshd ignores 198.51.100.5: ignoreip has 198.51.100.0/28.")
        : { status: 201, body: { ip: "198.51.100.5", jails: ["sshd"], newly_banned: true, ban: null } };
    },
  });
  await page.goto("/jails/sshd");
  await page.getByLabel("Address or network").fill("198.51.100.5");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Ban 198.51.100.5 anyway?" });
  await expect(dialog.getByText("ignoreip has 198.51.100.0/28")).toBeVisible();
  await dialog.getByRole("button", { name: "Ban anyway" }).click();
  await expect(page.getByText("198.51.100.5 is banned in sshd.")).toBeVisible();
  expect(bodies).toEqual([
    { ip: "198.51.100.5", jail: "sshd" },
    { ip: "198.51.100.5", jail: "sshd", force: true },
  ]);
});
