// The main job on a real fail2ban: see the jails and the bans as they happen, ban, unban, and fail2ban agrees.

import { expect, expectFail2ban, test } from "./stack.ts";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";

const IP = "203.0.113.77";

test("the overview shows the three jails, and events arrive without a reload", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByText("fail2ban is online")).toBeVisible();
  const jails = page.getByRole("table", { name: "Jails and their counters" });
  for (const jail of ["sshd", "nginx", "postfix"]) {
    await expect(jails.getByRole("rowheader", { name: jail, exact: true })).toBeVisible();
  }
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await page.evaluate(() => document.body.setAttribute("data-loaded-once", ""));
  const newest = page.getByRole("table", { name: "Newest bans and unbans" }).getByRole("row").nth(1);
  const when = () => newest.locator("time").first().getAttribute("datetime", { timeout: 60_000 });
  const before = await when();
  await expect.poll(when, { timeout: 60_000 }).not.toBe(before);
  await expect(page.locator("body[data-loaded-once]")).toHaveCount(1);
});

test("a ban by hand reaches fail2ban, and its unban as well", async ({ page }) => {
  await page.goto("/jails/sshd");
  await page.getByLabel("Address or network").fill(IP);
  await page.getByLabel("Reason").fill("seen in the e2e test");
  await page.getByRole("button", { name: "Ban", exact: true }).click();
  await expect(page.getByText(`${IP} is banned in sshd.`)).toBeVisible();
  const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: IP, exact: true }) });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("seen in the e2e test");
  await expectFail2ban(IP, "sshd", true);

  await page.goto(`/search?q=${IP}`);
  await expect(page).toHaveURL(`/address/${IP}`);
  await expect(page.getByText(`${IP} is banned in sshd.`)).toBeVisible();
  await expect(page.getByRole("grid", { name: `History of ${IP}` }).getByRole("row").nth(1)).toContainText("ban");

  await page.goto("/jails/sshd");
  await page.getByRole("button", { name: `Unban ${IP} from sshd` }).click();
  const dialog = page.getByRole("dialog", { name: `Unban ${IP}?` });
  await dialog.getByRole("button", { name: "Keep the ban" }).click();
  await expect(row).toHaveCount(1);
  await expectFail2ban(IP, "sshd", true);
  await page.getByRole("button", { name: `Unban ${IP} from sshd` }).click();
  await dialog.getByRole("button", { name: "Unban from sshd" }).click();
  await expect(page.getByText(`${IP} is unbanned from sshd.`)).toBeVisible();
  await expect(row).toHaveCount(0);
  await expectFail2ban(IP, "sshd", false);
});

test("a search for an address tells of the banned network around it", async ({ page }) => {
  const network = "203.0.113.96/28";
  await page.goto("/jails/nginx");
  await page.getByLabel("Address or network").fill(network);
  await page.getByRole("button", { name: "Ban", exact: true }).click();
  await expect(page.getByText(`${network} is banned in nginx.`)).toBeVisible();
  await page.goto("/search?q=203.0.113.100");
  await expect(page.getByText(`203.0.113.100 is banned as part of ${network} in nginx.`)).toBeVisible();
  await page.getByRole("button", { name: `Unban ${network} from nginx` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unban from nginx" }).click();
  await expect(page.getByText(`${network} is unbanned from nginx.`)).toBeVisible();
});

test("loopback is not banned without insisting, and the reason is told", async ({ page }) => {
  await page.goto("/jails/postfix");
  await page.getByLabel("Address or network").fill("127.0.0.1");
  await page.getByRole("button", { name: "Ban", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Ban 127.0.0.1 anyway?" });
  await expect(dialog).toContainText("127.0.0.1");
  await expect(dialog.getByRole("paragraph").first()).not.toBeEmpty();
  await dialog.getByRole("button", { name: "Do not ban" }).click();
  await expectFail2ban("127.0.0.1", "postfix", false);
});

test("what is no address is refused beside the field", async ({ page }) => {
  await page.goto("/jails/nginx");
  await page.getByLabel("Address or network").fill("999.1.1.1");
  await page.getByRole("button", { name: "Ban", exact: true }).click();
  await expect(page.getByLabel("Address or network")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator(".field-error")).not.toBeEmpty();
});

test("the settings of a jail are there to read", async ({ page }) => {
  await page.goto("/jails/sshd");
  for (const name of ["maxretry", "findtime", "bantime", "logpath", "ignoreip", "failregex"]) {
    await expect(page.getByText(name, { exact: true })).toBeVisible();
  }
  // fail2ban hands its expressions out expanded: <HOST> is a group of addresses by then.
  const failregex = page.locator(".expressions").filter({ has: page.getByRole("heading", { name: /^failregex/ }) });
  await expect(failregex.getByRole("listitem").first()).toContainText("(?P<");
});

test("the history is filtered by the address bar, and by its box", async ({ page }) => {
  test.slow();
  const rows = page.getByRole("grid", { name: "History of bans and unbans" });
  // The attack may not have led to a ban in each jail yet.
  for (const jail of ["sshd", "nginx"]) {
    await page.goto(`/history?q=jail:${jail}+kind:ban`);
    await expect(rows.getByRole("link", { name: jail }).first()).toBeVisible({ timeout: 120_000 });
  }
  await expect(rows.getByRole("link", { name: "sshd" })).toHaveCount(0);
  const box = page.getByRole("combobox", { name: "Filter" });
  await box.fill("jail:ss");
  await page.getByRole("option", { name: "sshd" }).click();
  await expect(page).toHaveURL(/q=jail%3Asshd$/);
  await expect(rows.getByRole("link", { name: "sshd" }).first()).toBeVisible();
  await expect(rows.getByRole("link", { name: "nginx" })).toHaveCount(0);
});

test("an event opens with the log lines behind it, and can be passed on", async ({ page }) => {
  await page.goto("/history?q=jail:sshd+kind:ban+origin:detected");
  const row = page.getByRole("grid").getByRole("row").nth(1);
  await row.click({ position: { x: 5, y: 8 } });
  const drawer = page.getByRole("dialog", { name: /^Ban of / });
  await expect(drawer.getByRole("heading", { name: "Matched log lines" })).toBeVisible();
  const name = await drawer.getByRole("heading", { level: 2 }).textContent();
  await page.reload();
  await expect(page.getByRole("dialog", { name: name ?? "" })).toBeVisible();
});

test("an unknown jail is named as such", async ({ page }) => {
  await page.goto("/jails/no-such-jail");
  await expect(page.getByText("fail2ban has no jail named “no-such-jail”.")).toBeVisible();
});

for (const url of ["/", "/jails/sshd", "/search?q=ssh", "/address/203.0.113.0/24", "/history", "/system", "/account"]) {
  test(`${url} is accessible, fits a phone, and breaks no rule of its security policy`, async ({ page }) => {
    const refusals: string[] = [];
    page.on("console", (message) => {
      if (/Content Security Policy|trusted type/i.test(message.text())) refusals.push(message.text());
    });
    await page.goto(url);
    await expect(page.locator(".skeleton")).toHaveCount(0);
    await expectNoSidewaysScroll(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page);
    expect(refusals).toEqual([]);
    await expectAccessible(page);
  });
}
