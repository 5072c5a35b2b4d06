// Which part of the history is shown, and how: filters, times, columns, gaps, errors.

import { expect, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import { DESK, grid, open, rows, topRow } from "./events-page.ts";
import { GAPS, numbered } from "./fixtures-history.ts";
import { timeline } from "./fixtures-overview.ts";
import { problem } from "./mock-api.ts";

test("gaps stand where they belong, and are not taken for peace", async ({ page }) => {
  await open(page, 300, "/history", { "GET /api/history/timeline": (url) => ({ body: { ...timeline(url), gaps: GAPS } }) });
  const all = grid(page).getByRole("row");
  await expect(all.filter({ hasText: "fail2ban away for 25 s" })).toHaveCount(1);
  const texts = await all.allTextContents();
  const away = texts.findIndex((text) => text.startsWith("fail2ban away"));
  expect(texts[away - 1]).toContain(numbered(290, 300).ip);
  expect(texts[away + 1]).toContain(numbered(289, 300).ip);
  expect(texts.findIndex((text) => text.startsWith("not watched for 25 s")) - away).toBe(11);
  await expectAccessible(page);
});

test("columns are chosen, kept, and make cards where they have no room", async ({ page }) => {
  await page.setViewportSize(DESK);
  await open(page, 300);
  const heads = () => grid(page).getByRole("columnheader").allTextContents();
  expect(await heads()).toEqual(["When", "What", "Address", "Country", "Jail", "For", "Origin"]);
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Network" }).check();
  await page.getByRole("checkbox", { name: "Origin" }).uncheck();
  await expect(page.getByRole("checkbox", { name: "Address" })).toBeDisabled();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByText("Columns", { exact: true })).toBeFocused();
  await page.reload();
  await expect(rows(page).first()).toBeVisible();
  expect(await heads()).toEqual(["When", "What", "Address", "Country", "Network", "Jail", "For"]);
  await expect(page.locator(".event-grid.cards")).toHaveCount(0);
  await page.setViewportSize({ width: 640, height: 800 });
  await expect(page.locator(".event-grid.cards")).toHaveCount(1);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize(DESK);
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("button", { name: "As usual" }).click();
  expect(await heads()).toHaveLength(7);
});

test("the list begins at a time, is exported as it is filtered, and goes back to the newest", async ({ page }) => {
  await page.setViewportSize(DESK);
  const { state } = await open(page, 300, "/history?q=jail:sshd");
  const exported = await page.locator("a[download]").first().getAttribute("href");
  expect(new URL(exported ?? "", "http://x").searchParams.get("q")).toBe("jail:sshd");
  expect(exported).toContain("format=csv");
  await page.getByText("Go to time").click();
  const moment = new Date(Date.parse(numbered(200, 300).occurred_at));
  moment.setSeconds(0, 0);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  await page.getByLabel("Events before").fill(local);
  await page.getByRole("button", { name: "Go", exact: true }).click();
  await expect(page).toHaveURL(/from=/);
  await expect(page.getByLabel("Events before")).toBeHidden();
  const begun = [199, 198].map((id) => numbered(id, 300).ip);
  await expect.poll(async () => begun.includes(await topRow(page))).toBe(true);
  state.newest = 300;
  await page.goto(`/history?q=jail:sshd&from=${numbered(1, 300).occurred_at}`);
  await expect(page.getByText("Nothing matches in this period before that time.")).toBeVisible();
  await page.getByRole("link", { name: "To the newest" }).click();
  await expect(rows(page).first()).toHaveText(numbered(300, 300).ip);
});

test("an error of the query is said at the box; another one can be tried again; so can one further down", async ({ page }) => {
  const { answers } = await open(page, 1_000);
  const works = answers["GET /api/events"];
  const fields = [{ field: "q", message: "at character 1: there is no jail:jial" }];
  answers["GET /api/events"] = () => problem(400, "invalid", "Invalid.", { fields });
  const box = page.getByRole("combobox", { name: "Filter" });
  await box.fill("jial:sshd");
  await box.press("Escape");
  await box.press("Enter");
  await expect(box).toHaveAccessibleDescription("at character 1: there is no jail:jial");
  await expect(page).toHaveURL(/q=jial%3Asshd/);
  await expectAccessible(page);
  answers["GET /api/events"] = () => problem(503, "database_unavailable", "The database is out of reach.");
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page.getByText("The history could not be loaded.")).toBeVisible();
  if (works !== undefined) answers["GET /api/events"] = works;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows(page).first()).toBeVisible();
  answers["GET /api/events"] = () => null;
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await expect(page.getByText("More could not be loaded.")).toBeVisible();
  if (works !== undefined) answers["GET /api/events"] = works;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("More could not be loaded.")).toHaveCount(0);
});

test("filters are typed with completions, taken away as chips, and stand in the address", async ({ page }) => {
  await open(page, 300);
  const box = page.getByRole("combobox", { name: "Filter" });
  await box.click();
  await expect(page.getByRole("option", { name: /^jail:/ })).toBeVisible();
  await page.keyboard.type("ja");
  await expect(page.getByRole("listbox", { name: "Completions" }).getByRole("option")).toHaveCount(1);
  await page.keyboard.press("ArrowDown");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: "sshd" }).click();
  await expect(page).toHaveURL(/\/history\?q=jail%3Asshd$/);
  await page.getByRole("combobox", { name: "Time" }).selectOption("30d");
  await expect(page).toHaveURL(/since=30d/);
  await page.getByRole("button", { name: "Remove jail:sshd" }).click();
  await expect(page).toHaveURL(/\/history\?since=30d$/);
  await page.goBack();
  await expect(box).toHaveValue("jail:sshd");
  await page.getByRole("searchbox", { name: "Search" }).fill("jail:nginx since:2d");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/history\?q=jail%3Anginx\+since%3A2d$/);
  await expect(page.getByRole("combobox", { name: "Time" })).toHaveValue("typed");
});
