// The system and the account on the real stack: a job that runs when asked to, and the session that asks.

import { expect, test, USER } from "./stack.ts";

test("the system page shows the jobs, and one that is run now ends well", async ({ page }) => {
  test.slow();
  await page.goto("/system");
  await expect(page.getByText("This process schedules the jobs", { exact: true })).toBeVisible();
  const opener = page.getByRole("button", { name: "prune_sessions", exact: true });
  await expect(opener).toBeVisible();
  const run = page.getByRole("button", { name: /: prune_sessions$/ });
  await run.click();
  await expect(page.getByRole("log").getByText(/^prune_sessions is done/)).toBeVisible({ timeout: 60_000 });
  await expect(run).toHaveText("Run now");
  await opener.click();
  const runs = page.getByRole("table", { name: "Last runs of prune_sessions" });
  const mine = runs.getByRole("row").filter({ hasText: USER }).first();
  await expect(mine).toContainText("done");
  await expect(mine).toContainText(/1 of \d/);
});

test("the account page lists the session of this login", async ({ page }) => {
  await page.goto("/");
  await page.getByText(USER, { exact: true }).click();
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Account ${USER}` })).toBeVisible();
  const sessions = page.getByRole("table", { name: "Your sessions" });
  const present = sessions.getByRole("row").filter({ has: page.getByText("this session", { exact: true }) });
  await expect(present).toHaveCount(1);
  await expect(present.getByRole("button", { name: "End this session" })).toBeVisible();
});
