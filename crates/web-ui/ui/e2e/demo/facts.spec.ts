// What the pages say of a real fail2ban is so: whether it is there, who is banned and allowed, how many there were, and when.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectFail2ban, SOCKET, test } from "./stack.ts";

const IP = "203.0.113.78";
const dialog = (page: Page) => page.getByRole("dialog");
const grid = (page: Page) => page.getByRole("grid", { name: "History of bans and unbans" });

async function ask(page: Page, filter: string): Promise<void> {
  const box = page.getByRole("combobox", { name: "Filter" });
  await box.fill(filter);
  await box.press("Escape");
  await box.press("Enter");
}

test("an address is banned in the jail that one chooses, then unbanned first, and allowed in sight", async ({ page }) => {
  test.slow();
  await page.goto(`/address/${IP}`);
  await expect(page.getByText(`${IP} is not banned.`)).toBeVisible();
  const form = page.getByRole("form", { name: "Ban an address" });
  await expect(form.getByLabel("Jail")).toHaveValue("");
  await form.getByLabel("Jail").selectOption("sshd");
  await form.getByRole("button", { name: "Ban", exact: true }).click();
  await expect(page.getByText(`${IP} is banned in sshd.`).first()).toBeVisible();
  await expectFail2ban(IP, "sshd", true);
  await expect(form.getByRole("button", { name: /^Ban\b/ })).not.toHaveClass("primary");
  const unban = page.getByRole("button", { name: "Unban from sshd", exact: true });
  await expect(unban).toHaveClass("primary");
  await unban.click();
  await dialog(page).getByRole("button", { name: "Unban from sshd" }).click();
  await expect(page.getByText(`${IP} is not banned.`)).toBeVisible();
  await expectFail2ban(IP, "sshd", false);

  await page.getByRole("button", { name: "Allow…" }).click();
  await dialog(page).getByRole("button", { name: "Allow", exact: true }).click();
  const allowed = page.getByRole("list", { name: `What allows ${IP}` });
  await expect(allowed).toContainText("On the allowlist in every jail, for ever, by ");
  await allowed.getByRole("button", { name: `Remove ${IP} from the allowlist` }).click();
  await dialog(page).getByRole("button", { name: "Remove it" }).click();
  await expect(allowed).toHaveCount(0);
});

test("a network's page counts what its chart and its list have", async ({ page }) => {
  const network = "203.0.113.0/24";
  const path = `/api/addresses/${encodeURIComponent(network)}`;
  await expect
    .poll(async () => {
      // The attack goes on: only what was so before and after is compared.
      const before = await (await page.request.get(path)).json();
      const asked = `/api/history/timeline?since=all&q=${encodeURIComponent(`ip:${network} origin:detected,manual,restored`)}`;
      const { series } = await (await page.request.get(asked)).json();
      const after = await (await page.request.get(path)).json();
      const sum = series.flatMap(({ counts }: { counts: number[] }) => counts).reduce((a: number, b: number) => a + b, 0);
      return before.bans === after.bans && before.bans > 0 && before.bans + before.around === sum;
    })
    .toBe(true);
  await page.goto(`/address/${network}`);
  await expect(page.locator(".facts").first()).toContainText(/Bans\d+: \d+ of \d+ address/);
});

test("the history is found by its former address, at any time, and through a wrong filter", async ({ page }) => {
  await page.goto("/events?since=24h");
  await expect(page).toHaveURL(/\/history\?since=24h$/);
  const first = grid(page).getByRole("rowheader").first();
  await expect(first).toBeVisible();
  await ask(page, "jail:");
  await expect(page.locator(".field-error")).not.toBeEmpty();
  await expect(page.getByText("The list is still that of the filter before.")).toBeVisible();
  await expect(first).toBeVisible();
  await page.goto("/history?since=24h");
  await page.getByText("Go to time").click();
  await page.getByLabel("Events before").fill("2020-01-15T10:00");
  await page.getByRole("button", { name: "Go", exact: true }).click();
  await expect(page).toHaveURL(/\/history\?since=all&from=2020-/);
  await expect(page.getByText("Nothing happened before that time.")).toBeVisible();
  await expect(page.getByText("There is something at another time.")).toBeVisible();
});

test("while fail2ban hangs, nothing is called live, and nothing can be banned", async ({ page }) => {
  test.skip(SOCKET === "", "this fail2ban is not ours to stop");
  test.setTimeout(240_000);
  const pid = Number(await readFile(join(dirname(SOCKET), "f2b.pid"), "utf8"));
  expect(pid).toBeGreaterThan(1);
  await page.goto("/jails/sshd");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  const ban = page.getByRole("button", { name: "Ban", exact: true });
  await expect(ban).toBeEnabled();
  process.kill(pid, "SIGSTOP");
  try {
    await expect(page.getByText("waiting for fail2ban", { exact: true })).toBeVisible({ timeout: 90_000 });
    await expect(ban).toBeDisabled();
    await expect(page.getByText("Nothing can be banned or unbanned until it answers again.")).toBeVisible();
    await expect(page.getByText(/before fail2ban stopped answering\.$/).first()).toBeVisible();
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await expect(page.getByText("live", { exact: true })).toBeVisible({ timeout: 90_000 });
  await expect(ban).toBeEnabled();
});
