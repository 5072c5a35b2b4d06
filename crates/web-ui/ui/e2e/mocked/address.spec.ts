// The page of an address.

import { expect, test } from "@playwright/test";
import { DESK, drawer } from "./events-page.ts";
import { eventsAnswer, MATCHES } from "./fixtures-history.ts";
import { BANS } from "./fixtures.ts";
import { mockApi } from "./mock-api.ts";

test("an address's page tells all of it, and each number leads to the rows behind it", async ({ page }) => {
  await page.setViewportSize(DESK);
  const answer = eventsAnswer(() => 300);
  await mockApi(page, {
    "GET /api/events": answer,
    "GET /api/bans": () => ({ body: { items: BANS.slice(0, 1), next: null } }),
  });
  await page.goto("/search?q=203.0.113.7");
  await expect(page.getByRole("heading", { level: 1, name: "Address 203.0.113.7" })).toBeVisible();
  await expect(page.getByText("scan-7.example.net")).toBeVisible();
  await expect(page.getByText("203.0.113.7 is banned in sshd.")).toBeVisible();
  const jails = page.getByRole("table", { name: "Bans of 203.0.113.7 by jail" });
  await expect(jails.getByRole("row", { name: /^sshd 12 bans in sshd 71 1 w 12/ })).toBeVisible();
  await expect(page.getByText(MATCHES.lines[0] ?? "")).toBeVisible();
  await expect(page.getByRole("link", { name: "31 bans of 203.0.113.8" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Bans over time" })).toBeVisible();
  await expect(page.locator(".bars").first()).toBeAttached();
  const history = page.getByRole("grid", { name: "History of 203.0.113.7" });
  await history.getByRole("row").nth(2).click({ position: { x: 5, y: 5 } });
  await expect(drawer(page)).toBeVisible();
  await expect(page).toHaveURL(/\/address\/203\.0\.113\.7\?open=/);
  await page.keyboard.press("Escape");
  await jails.getByRole("link", { name: "12 bans in sshd" }).click();
  await expect(page).toHaveURL(/\/history\?q=ip%3A203\.0\.113\.7\+jail%3Asshd\+kind%3Aban&since=all$/);
  await page.goBack();
  await page.getByRole("link", { name: "203.0.113.8", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Address 203.0.113.8" })).toBeFocused();
});
