// The history from a time on, read in both directions.

import { expect, test, type Page } from "@playwright/test";
import { expectAccessible } from "../axe.ts";
import { DESK, grid, indexes, open, PHONE, rows, topRow } from "./events-page.ts";
import { numbered } from "./fixtures-history.ts";
import { problem, send } from "./mock-api.ts";

const NEWEST = 10_000;
const BEGUN = 9_000;
const ip = (id: number): string => numbered(id, NEWEST).ip;
const from = `/history?from=${new Date(Date.parse(numbered(BEGUN, NEWEST).occurred_at) + 1).toISOString()}`;
const newer = (page: Page) => page.getByRole("button", { name: "Newer events" });

/** Where a row is in the window, and the rows that are drawn, which have to follow each other. */
async function topOf(page: Page, text: string): Promise<number> {
  return page.evaluate((text) => {
    const rows = [...document.querySelectorAll(".grid-frame [role=row]")];
    return rows.find((row) => row.querySelector("[role=rowheader]")?.textContent === text)?.getBoundingClientRect().top ?? Number.NaN;
  }, text);
}

async function expectInOrder(page: Page): Promise<void> {
  await expect(grid(page).locator(".grid-frame .skeleton")).toHaveCount(0);
  const [shown, at] = await Promise.all([rows(page).allTextContents(), indexes(page)]);
  expect(at).toEqual(at.map((_, index) => (at[0] ?? 0) + index));
  const known = Array.from({ length: NEWEST }, (_, index) => ip(NEWEST - index));
  const begin = known.findIndex((_, start) => shown.every((text, index) => known[start + index] === text));
  expect(begin, shown.join(" ")).not.toBe(-1);
}

for (const [name, size] of [["desktop", DESK], ["phone", PHONE]] as const) {
  test(`newer events come in front as one scrolls up, without a jump, and the list is live at the newest, ${name}`, async ({ page }) => {
    test.slow();
    await page.setViewportSize(size);
    const { state } = await open(page, NEWEST, from);
    await expect.poll(() => topRow(page)).toBe(ip(BEGUN));
    await expect(page.getByText("not live: newer events are above")).toBeAttached();
    await expectInOrder(page);
    // Each step moves what is in sight by as much as was scrolled, whatever comes in above it.
    const step = 300;
    for (let steps = 0; steps < 25; steps += 1) {
      const seen = await topRow(page);
      const before = await topOf(page, seen);
      const by = await page.evaluate((step) => {
        const above = -(document.querySelector(".grid-frame")?.getBoundingClientRect().top ?? 0);
        const by = Math.min(step, Math.max(0, above - 50));
        scrollBy(0, -by);
        return by;
      }, step);
      await expect.poll(async () => Math.abs((await topOf(page, seen)) - before - by), { message: seen }).toBeLessThan(2);
    }
    expect(state.asked).toBeLessThan(12);
    await expectInOrder(page);
    // On to the newest, as fast as they come.
    await page.evaluate(async () => {
      const grid = document.querySelector(".event-grid") as HTMLElement;
      while (document.querySelector(".events-note") !== null) {
        const above = -(document.querySelector(".grid-frame")?.getBoundingClientRect().top ?? 0);
        if (above > 60) scrollBy(0, 60 - above);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      grid.focus();
    });
    await expect(page.getByText("live", { exact: true })).toBeAttached();
    await page.keyboard.press("Home");
    await expect(rows(page).first()).toHaveText(ip(NEWEST));
    await expectInOrder(page);
    state.newest += 2;
    const event = numbered(state.newest, state.newest);
    await send(page, "ban", event, event.id);
    await expect(rows(page).first()).toHaveText(event.ip);
    await expect(page.locator(".grid-row.fresh")).toHaveCount(2);
  });
}

test("by keyboard one goes on above the first row, and the head of the page can be reached", async ({ page }) => {
  await page.setViewportSize(DESK);
  const { answers, state } = await open(page, NEWEST, from);
  await expect.poll(() => topRow(page)).toBe(ip(BEGUN));
  await grid(page).focus();
  const active = () => grid(page).locator("[role=row][aria-selected=true] [role=rowheader]").textContent();
  expect(await active()).toBe(ip(BEGUN));
  await page.keyboard.press("ArrowUp");
  expect(await active()).toBe(ip(BEGUN + 1));
  await page.keyboard.press("Home");
  expect(await active()).toBe(ip(BEGUN + 200));
  await expect.poll(() => state.asked).toBe(3);
  await page.keyboard.press("PageUp");
  await expect.poll(async () => Number(/\d+$/.exec((await grid(page).getAttribute("aria-activedescendant")) ?? "")?.[0])).toBeLessThan(200);
  await expectInOrder(page);

  await page.evaluate(() => scrollTo(0, 0));
  await expect(page.getByRole("combobox", { name: "Filter" })).toBeInViewport();
  await expect(newer(page)).toBeInViewport();
  await expectAccessible(page);
  const asked = state.asked;
  const works = answers["GET /api/events"];
  answers["GET /api/events"] = () => problem(503, "database_unavailable", "The database is out of reach.");
  await newer(page).press("Enter");
  await expect(page.getByText("Newer events could not be loaded.")).toBeVisible();
  if (works !== undefined) answers["GET /api/events"] = works;
  const first = await topRow(page);
  await newer(page).press("Enter");
  await expect(page.getByText("Newer events could not be loaded.")).toHaveCount(0);
  await expect.poll(() => topRow(page), { message: "what was the first row is at the edge, below what is newer" }).toBe(first);
  expect(state.asked).toBe(asked + 1);
});
