// The history: any number of rows, live, and still where one reads.

import { expect, test } from "@playwright/test";
import { type BanEvent } from "../../src/api/types.ts";
import { expectAccessible } from "../axe.ts";
import { DESK, grid, indexes, open, PHONE, rows } from "./events-page.ts";
import { numbered } from "./fixtures-history.ts";
import { breakStream, mockApi, send } from "./mock-api.ts";

declare global {
  interface Window {
    asked: number;
  }
}

/**
 * Runs in the page, and answers for the events within it: hundreds of answers through the test's process take a minute. A page
 * of the server's has up to 500 events, whatever is asked for here.
 */
function servedWithin({ template, count }: { template: BanEvent; count: number }): void {
  const real = window.fetch.bind(window);
  window.asked = 0;
  window.fetch = async (input, init) => {
    const url = new URL(String(input), location.href);
    if (!url.pathname.endsWith("/api/events")) return real(input, init);
    window.asked += 1;
    const from = Number(url.searchParams.get("cursor") ?? count + 1) - 1;
    const to = Math.max(1, from - 499);
    const items = Array.from({ length: from - to + 1 }, (_, index) => {
      const id = from - index;
      const ip = id % 5 === 2 ? `2001:db8:${(id % 65_536).toString(16)}::7` : `203.0.113.${id % 255}`;
      return { ...template, id, ban: id, ip };
    });
    return Response.json({ items, next: to === 1 ? null : String(to), newer: null });
  };
}

for (const [name, size, count] of [
  ["desktop", DESK, 100_000],
  ["phone", PHONE, 10_000],
] as const) {
  test(`${count} rows are scrolled to the end and back with as many in the document as ever, ${name}`, async ({ page }) => {
    test.slow();
    await page.setViewportSize(size);
    await mockApi(page);
    await page.addInitScript(servedWithin, { template: numbered(1, count), count });
    await page.goto("/history");
    await expect(rows(page).first()).toBeVisible();
    const most = await page.evaluate(async () => {
      const grid = document.querySelector(".event-grid") as HTMLElement;
      const pause = (): Promise<unknown> => new Promise(requestAnimationFrame);
      let most = 0;
      const look = (): void => {
        most = Math.max(most, document.querySelectorAll("*").length);
      };
      while (grid.getAttribute("aria-rowcount") === "-1") {
        scrollTo(0, document.documentElement.scrollHeight);
        await pause();
        look();
      }
      return most;
    });
    expect(await grid(page).getAttribute("aria-rowcount")).toBe(String(count + 1));
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(page.getByText("End of the list")).toBeInViewport();
    await expect(rows(page).last()).toHaveText(numbered(1, count).ip);
    expect(most).toBeLessThan(1_500);
    const asked = await page.evaluate(() => window.asked);
    for (const part of [0.75, 0.5, 0.25]) {
      await page.evaluate((part) => scrollTo(0, part * document.documentElement.scrollHeight), part);
      await expect(grid(page).locator(".skeleton")).toHaveCount(0);
      const found = await indexes(page);
      expect(found).toEqual(found.map((_, at) => (found[0] ?? 0) + at));
      const id = count - ((found[0] ?? 0) - 2);
      await expect(rows(page).first()).toHaveText(numbered(id, count).ip);
      expect(await page.locator("*").count()).toBeLessThan(1_500);
    }
    expect((await page.evaluate(() => window.asked)) - asked).toBeLessThan(20);
    await page.evaluate(() => scrollTo(0, 0));
    await expect(rows(page).first()).toHaveText(numbered(count, count).ip);
  });
}

test("what one reads stays where it is while rows come in above it and lines wrap", async ({ page }) => {
  await page.setViewportSize(PHONE);
  const { state } = await open(page, 5_000);
  await page.evaluate(() => scrollTo(0, 6_000));
  await expect.poll(async () => (await indexes(page))[0]).toBeGreaterThan(20);
  await expect(grid(page).locator(".skeleton")).toHaveCount(0);
  const read = await page.evaluate(() => {
    const row = [...document.querySelectorAll(".grid-frame [role=row]")].find((row) => row.getBoundingClientRect().top > 200);
    return { text: row?.querySelector("[role=rowheader]")?.textContent ?? "", top: row?.getBoundingClientRect().top ?? 0 };
  });
  const topOf = (text: string) =>
    page.evaluate((text) => {
      const row = [...document.querySelectorAll(".grid-frame [role=row]")].find((row) => row.textContent?.includes(text));
      return row?.getBoundingClientRect().top ?? -1;
    }, text);
  state.newest += 30;
  await send(page, "ban", { ...numbered(state.newest, state.newest), id: state.newest }, state.newest);
  await expect(page.getByRole("button", { name: "30 new. Show them" })).toBeVisible();
  expect(Math.abs((await topOf(read.text)) - read.top)).toBeLessThan(2);
  await page.setViewportSize({ width: 1100, height: 800 });
  await page.setViewportSize(PHONE);
  await expect.poll(async () => Math.abs((await topOf(read.text)) - read.top)).toBeLessThan(60);
});

test("new events come in at the top by themselves, each once, also after a break", async ({ page }) => {
  const { state } = await open(page, 500);
  const happen = async (count: number): Promise<void> => {
    state.newest += count;
    const event = numbered(state.newest, state.newest);
    await send(page, "ban", event, event.id);
    await send(page, "ban", event, event.id);
  };
  await happen(1);
  await expect(rows(page).first()).toHaveText(numbered(501, 501).ip);
  await expect(page.locator(".grid-row.fresh")).toHaveCount(1);
  await breakStream(page, true);
  await expect(page.getByText("reconnecting")).toBeVisible();
  state.newest = 510;
  await page.evaluate(() => window.fakeStream.cut(false));
  await expect(rows(page).first()).toHaveText(numbered(510, 510).ip, { timeout: 30_000 });
  const shown = await rows(page).allTextContents();
  expect(shown).toEqual(shown.map((_, index) => numbered(510 - index, 510).ip));
});

test("held still, new events are counted and come in on request", async ({ page }) => {
  const { state } = await open(page, 500);
  await page.getByRole("button", { name: "Pause" }).click();
  state.newest = 503;
  await send(page, "ban", numbered(503, 503), 503);
  await expect(page.getByRole("button", { name: "3 new. Show them" })).toBeVisible();
  await expect(rows(page).first()).toHaveText(numbered(500, 500).ip);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(rows(page).first()).toHaveText(numbered(503, 503).ip);
  await page.evaluate(() => scrollTo(0, 3_000));
  await expect.poll(async () => (await indexes(page))[0]).toBeGreaterThan(20);
  state.newest = 900;
  await send(page, "ban", numbered(900, 900), 900);
  await page.getByRole("button", { name: "200+ new. Show them" }).click();
  await expect(rows(page).first()).toHaveText(numbered(900, 900).ip);
  await expect(rows(page).first()).toBeInViewport();
});

test("a flood of thousands a minute neither stalls the page nor is each event of it asked for", async ({ page }) => {
  const { state } = await open(page, 1_000);
  const template = numbered(1, 1);
  const before = state.asked;
  await page.evaluate(async (template) => {
    for (let burst = 0, id = 1_001; burst < 60; burst += 1) {
      for (let count = 0; count < 50; count += 1, id += 1) {
        window.fakeStream.write(`event: ban\nid: ${id}\ndata: ${JSON.stringify({ ...template, id })}\n\n`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, template);
  expect(state.asked - before).toBeLessThan(300);
  state.newest = 4_000;
  await send(page, "ban", numbered(4_000, 4_000), 4_000);
  await expect(rows(page).first()).toHaveText(numbered(4_000, 4_000).ip);
  await page.getByRole("link", { name: "System", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "System" })).toBeVisible();
});
