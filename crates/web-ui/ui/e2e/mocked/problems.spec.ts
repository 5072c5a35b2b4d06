// What is wrong with a fail2ban that answers, or with one of its jails: every page that it changes says so.

import { expect, type Page, test } from "@playwright/test";
import type { ServerProblem } from "../../src/api/types.ts";
import { expectAccessible } from "../axe.ts";
import { drawer, grid } from "./events-page.ts";
import { addressAnswer, NEVER_BANNED } from "./fixtures-history.ts";
import { at, SSHD, SYSTEM } from "./fixtures.ts";
import { type Answers, mockApi } from "./mock-api.ts";

const IP = "203.0.113.7";
const banForm = (page: Page) => page.getByRole("form", { name: "Ban an address" });

const unreadable = (jail: string): ServerProblem => ({
  code: "jail_unreadable",
  jail,
  detail: `fail2ban refused: ${jail}: year 4461763 is out of range`,
  hint: "Lift the ban.",
  since: at(-60),
});
const withProblems = (problems: ServerProblem[]): Answers => ({
  "GET /api/system": () => ({ body: { ...SYSTEM, fail2ban: { ...SYSTEM.fail2ban, problems } } }),
  "GET /api/jails/": () => ({ body: { ...SSHD, problem: problems.find(({ jail }) => jail === "sshd") ?? null } }),
  "GET /api/bans": () => ({ body: { items: [], next: null } }),
  "GET /api/addresses/": (url) => ({ body: { ...addressAnswer(url).body, ...NEVER_BANNED } }),
});

test("what is wrong with two jails is said on the overview, the System page and their own, and no page calls anyone not banned", async ({ page }) => {
  await mockApi(page, withProblems([unreadable("postfix"), unreadable("sshd")]));
  for (const path of ["/", "/system"]) {
    await page.goto(path);
    const problems = page.locator(".status-problem");
    for (const jail of ["postfix", "sshd"]) {
      await expect(problems.getByRole("link", { name: jail })).toHaveAttribute("href", `/jails/${jail}`);
      await expect(problems.getByText(`${jail}: year 4461763 is out of range`)).toBeVisible();
    }
    await expectAccessible(page);
  }
  await page.goto("/jails/sshd");
  await expect(page.getByText("sshd: year 4461763 is out of range")).toBeVisible();
  await expect(page.getByText("No ban in sshd is known.")).toBeVisible();
  await expect(page.getByText("The bans of sshd cannot be read.")).toBeVisible();
  await expect(page.getByText("not all recorded", { exact: true })).toBeVisible();
  await expect(page.getByText(/Nobody is banned|New bans appear here/)).toHaveCount(0);
  await page.goto(`/address/${IP}`);
  await expect(page.getByText(`No ban of ${IP} is known; the bans of postfix and sshd cannot be read.`)).toBeVisible();
  await expect(page.getByText("No ban is known.")).toBeVisible();
  await expect(page.getByText("is not banned")).toHaveCount(0);
  await page.goto("/search?q=ssh");
  await expect(page.getByText("No known ban matches “ssh”.")).toBeVisible();
  await page.goto("/history");
  await grid(page).getByRole("row").nth(1).click({ position: { x: 5, y: 8 } });
  await expect(drawer(page).getByText("No ban of it is known. The bans of postfix and sshd cannot be read.")).toBeVisible();
  await expect(page.getByText("Not banned in any jail.")).toHaveCount(0);
});

test("while nothing is recorded, nothing is called live, every page says so, and a ban still works", async ({ page }) => {
  const unpolled: ServerProblem = { ...unreadable("sshd"), code: "unpolled", jail: null, detail: "No poll has succeeded for 9 s." };
  await mockApi(page, withProblems([unpolled]));
  for (const path of ["/jails/sshd", `/address/${IP}`, "/history", "/search?q=ssh"]) {
    await page.goto(path);
    await expect(page.locator(".banner")).toContainText("What fail2ban bans is not recorded. No poll has succeeded for 9 s.");
    await expect(page.getByText("live", { exact: true })).toHaveCount(0);
  }
  await page.goto("/");
  await expect(page.getByText("fail2ban answers, but what it bans is not recorded")).toBeVisible();
  await expect(page.getByText("not recorded", { exact: true })).toBeVisible();
  await page.goto(`/address/${IP}`);
  await expect(page.getByText(`No ban of ${IP} is known; what fail2ban bans is not recorded.`)).toBeVisible();
  await expect(page.getByText(/^As of .+\. Nothing has been recorded since\.$/).first()).toBeVisible();
  await expect(banForm(page).getByRole("button", { name: "Ban", exact: true })).toBeEnabled();
});

test("settings that fail2ban refused are named", async ({ page }) => {
  await mockApi(page, { "GET /api/jails/": () => ({ body: { ...SSHD, unreadable: ['the setting "bantime": it was refused', 'the setting "failregex": it was refused'], settings: { ...SSHD.settings, failregex: [] } } }) });
  await page.goto("/jails/sshd");
  await expect(page.getByRole("alert").filter({ hasText: "Some settings could not be read." })).toContainText('the setting "bantime": it was refused');
  await expect(page.getByText("this jail finds nothing by itself")).toHaveCount(0);
  await expect(page.locator(".expressions").filter({ hasText: "failregex" })).toContainText("unknown");
  await expectAccessible(page);
});
