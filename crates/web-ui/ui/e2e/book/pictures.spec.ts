// Takes the pictures of the book from the running demo: `cargo xtask e2e --pictures`. What each shows is waited for, so
// that a picture is also a test of its page.

import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../demo/stack.ts";

const FOLDER = join(import.meta.dirname, "../../../../../docs/pictures");
const DESK = { width: 1180, height: 760 };
const PHONE = { width: 390, height: 760 };

/** An address of the documentation, which the demo's attack does not use. */
const IP = "203.0.113.77";

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled", scale: "css" });
}

test.use({ viewport: DESK, colorScheme: "light" });

test("overview, light and dark, wide and narrow", async ({ page }) => {
  test.slow();
  await page.goto("/");
  await expect(page.getByText("fail2ban is online")).toBeVisible();
  const events = page.getByRole("table", { name: "Newest bans and unbans" }).getByRole("row");
  await expect.poll(() => events.count(), { timeout: 120_000 }).toBeGreaterThan(6);
  await expect(page.locator(".bars").first()).toBeAttached();
  await expect(page.locator(".map")).toBeVisible();
  await take(page, "overview");
  await page.emulateMedia({ colorScheme: "dark" });
  await take(page, "overview-dark");
  await page.setViewportSize(PHONE);
  await take(page, "overview-phone");
});

test("a jail, an address, the history and the system", async ({ page }) => {
  await page.goto("/jails/sshd");
  await page.getByLabel("Address or network").fill(IP);
  await page.getByLabel("Reason").fill("scans for old routers");
  await page.getByRole("button", { name: "Ban", exact: true }).click();
  await expect(page.getByText(`${IP} is banned in sshd.`)).toBeVisible();
  await page.reload();
  await expect(page.getByRole("rowheader", { name: IP, exact: true })).toBeVisible();
  await take(page, "jail");

  await page.goto(`/address/${IP}`);
  await expect(page.getByText(`${IP} is banned in sshd.`)).toBeVisible();
  await take(page, "address");

  await page.goto("/history");
  await expect(page.getByRole("grid").getByRole("row").nth(5)).toBeVisible();
  await take(page, "history");

  await page.goto("/system");
  await expect(page.getByRole("button", { name: "prune_sessions", exact: true })).toBeVisible();
  await take(page, "system");

  await page.goto("/jails/sshd");
  await page.getByRole("button", { name: `Unban ${IP} from sshd` }).click();
  await page.getByRole("button", { name: "Unban from sshd" }).click();
  await expect(page.getByText(`${IP} is unbanned from sshd.`)).toBeVisible();
});
