// An event, opened: by keyboard, by a link, with whatever is in its log lines.

import { expect, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import { DESK, drawer, grid, open, PHONE, press } from "./events-page.ts";
import { HOSTILE, MATCHES, numbered } from "./fixtures-history.ts";
import { problem } from "./mock-api.ts";

test("by keyboard alone: through the rows, into one, and back to it", async ({ page }) => {
  await open(page, 1_000);
  await page.getByText("Export", { exact: true }).focus();
  await page.keyboard.press("Tab");
  await expect(grid(page)).toBeFocused();
  const active = () => grid(page).getAttribute("aria-activedescendant");
  await page.keyboard.press("ArrowDown");
  expect(await active()).toBe("event-row-1");
  await page.keyboard.press("PageDown");
  const index = Number((await active())?.replace("event-row-", ""));
  expect(index).toBeGreaterThan(10);
  await expect(page.locator(`#event-row-${index}`)).toBeInViewport();
  await page.keyboard.press("End");
  await expect.poll(async () => Number((await active())?.replace("event-row-", ""))).toBeGreaterThan(150);
  await page.keyboard.press("Home");
  await expect.poll(active).toBe("event-row-0");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const ip = numbered(998, 1_000).ip;
  await expect(drawer(page)).toHaveAccessibleName(`Ban of ${ip}`);
  await expect(page).toHaveURL(/open=998-\d+/);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(drawer(page)).toHaveCount(0);
  await expect(page).not.toHaveURL(/open=/);
  await expect(grid(page)).toBeFocused();
  expect(await active()).toBe("event-row-2");
});

test("an event opens with its lines, its place and its address, and is unbanned and banned elsewhere", async ({ page }) => {
  const bodies: unknown[] = [];
  await open(page, 1_000, "/history?q=jail:sshd", {
    "POST /api/bans": (_url, route) => {
      bodies.push(route.request().postDataJSON());
      return { status: 201, body: { ip: "203.0.113.236", jails: ["nginx", "sshd"], newly_banned: true, ban: null } };
    },
    "DELETE /api/bans/": () => ({ body: { ip: "203.0.113.236", unbanned: 1, jails: [] } }),
  });
  await press(page, 998, 1_000);
  const ip = numbered(998, 1_000).ip;
  await expect(drawer(page).getByText(MATCHES.lines[0] ?? "")).toBeVisible();
  await expect(drawer(page).getByText("Brazil")).toBeVisible();
  await expect(drawer(page).getByRole("link", { name: "17 bans" })).toHaveAttribute(
    "href",
    /\/history\?q=ip%3A.*\+kind%3Aban&since=all/,
  );
  await drawer(page).getByRole("button", { name: "Older" }).click();
  await expect(drawer(page)).not.toHaveAccessibleName(`Ban of ${ip}`);
  await drawer(page).getByRole("button", { name: "Newer" }).click();
  await expect(drawer(page)).toHaveAccessibleName(`Ban of ${ip}`);
  await drawer(page).getByLabel("Jail", { exact: true }).selectOption("nginx");
  await drawer(page).getByRole("button", { name: "Ban", exact: true }).click();
  await expect(page.getByText("is banned in nginx.")).toBeVisible();
  expect(bodies).toEqual([{ ip, jail: "nginx" }]);
  await drawer(page).getByRole("button", { name: `Unban ${ip} from sshd` }).click();
  const question = page.getByRole("dialog", { name: `Unban ${ip}?` });
  await question.getByRole("button", { name: "Unban from sshd" }).click();
  await expect(question).toHaveCount(0);
  await expect(drawer(page).getByRole("heading", { name: "Banned now" })).toBeFocused();
  await page.goBack();
  await expect(drawer(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/history\?q=jail%3Asshd$|\/history\?q=jail:sshd$/);
});

test("a link to an open event shows it, wherever it is, and closing it stays on the page", async ({ page }) => {
  const event = numbered(40, 1_000);
  const { answers } = await open(page, 1_000, `/history?open=40-${Date.parse(event.occurred_at)}`);
  await expect(drawer(page)).toHaveAccessibleName(`Ban of ${event.ip}`);
  await expect(drawer(page).getByRole("button", { name: "Older" })).toBeDisabled();
  await drawer(page).getByRole("button", { name: "Close" }).click();
  await expect(page).toHaveURL(/\/history$/);
  answers["GET /api/bans/"] = () => problem(404, "matches_not_found", "No lines are kept.");
  await press(page, 997, 1_000);
  await expect(drawer(page).getByText("No log lines are kept for this ban.")).toBeVisible();
  await page.goto("/history?open=5000-1");
  await expect(page.getByText("The event that this link opens is not in the history")).toBeVisible();
});

for (const [name, size] of [
  ["desktop", DESK],
  ["phone", PHONE],
] as const) {
  test(`hostile log lines are shown, and do nothing, ${name}`, async ({ page }) => {
    await page.setViewportSize(size);
    const event = numbered(300, 300);
    await open(page, 300, `/history?open=300-${Date.parse(event.occurred_at)}`, { "GET /api/bans/": () => ({ body: HOSTILE }) });
    const lines = page.getByRole("list", { name: "Matched log lines" }).getByRole("listitem");
    await expect(lines).toHaveCount(HOSTILE.lines.length);
    await expect(lines.nth(0)).toContainText("<script>window.hacked = true</script><img");
    expect(await page.evaluate(() => "hacked" in window)).toBe(false);
    await expect(lines.nth(1)).toContainText("U+001B[31mredU+001B[0m U+0007bellU+0000 ×3 nul");
    await expect(lines.nth(2)).toHaveText("user=U+202Egnp.exeU+202C from U+2066203.0.113.7U+2069 U+200Bhidden");
    expect(await lines.nth(2).locator("code").evaluate((code) => getComputedStyle(code).unicodeBidi)).toBe("isolate");
    await expect(lines.nth(6).locator("code")).toHaveText(`${"A".repeat(600)}…`);
    await lines.nth(6).getByRole("button", { name: "The first 20,000 characters" }).click();
    await expect(lines.nth(6).locator("code")).toHaveText(`${"A".repeat(20_000)}…`);
    await expect(lines.nth(6)).toContainText("1,048,576 characters");
    const { inner, outer } = await drawer(page).evaluate((drawer) => ({
      inner: drawer.scrollWidth,
      outer: drawer.clientWidth,
    }));
    expect(inner).toBeLessThanOrEqual(outer);
    await lines.nth(6).getByRole("button", { name: "Less of the line" }).click();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
}
