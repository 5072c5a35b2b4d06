// The overview while things happen: numbers and charts move, through breaks, and a flood neither stalls the page nor the server.

import { expect, test } from "@playwright/test";
import { timeline, totals } from "./fixtures-overview.ts";
import { EVENTS, at } from "./fixtures.ts";
import { breakStream, mockApi, send } from "./mock-api.ts";

test("numbers and chart move with an event, through a break of the connection, and count nothing twice", async ({ page }) => {
  let bans = 100;
  await mockApi(page, {
    "GET /api/history/totals": (url) => ({ body: { ...totals(url), bans } }),
    "GET /api/history/timeline": (url) => {
      const full = timeline(url, {});
      const counts = full.starts.map((_, index) => (index === full.starts.length - 1 ? bans : 0));
      return { body: { ...full, series: [{ key: "sshd", label: null, counts }], others: counts.map(() => 0) } };
    },
  });
  await page.goto("/");
  const total = page.getByLabel("Totals").getByRole("link").first();
  const series = page.locator(".legend").getByRole("link");
  await expect(total).toHaveText("100");
  await expect(series).toHaveText("100");
  const event = { ...EVENTS[0], id: 20_001, occurred_at: at(5) };
  bans = 101;
  await send(page, "ban", event, 20_001);
  await expect(total).toHaveText("101");
  await expect(series).toHaveText("101");
  // The same event again, as a resumed stream may bring it: what is shown is what the server counts.
  await send(page, "ban", event, 20_001);
  await expect(total).toHaveText("101");
  bans = 105;
  await breakStream(page, false);
  await expect(total).toHaveText("105");
  await expect(series).toHaveText("105");
});

test("a flood of 5,000 events is shown, and asks the server no more often than it can be read", async ({ page }) => {
  let asked = 0;
  let happened = 0;
  await mockApi(page, {
    "GET /api/history/totals": (url) => {
      asked += 1;
      return { body: { ...totals(url), bans: happened } };
    },
  });
  await page.goto("/");
  await expect(page.locator(".bars").first()).toBeAttached();
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  const total = page.getByLabel("Totals").getByRole("link").first();
  asked = 0;
  happened = 5_000;
  const { tasks, took } = await page.evaluate(async (template) => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: "longtask" });
    const began = performance.now();
    for (let id = 30_000; id < 35_000; ) {
      let text = "";
      for (let count = 0; count < 50; count += 1, id += 1) {
        const event = { ...template, id, ip: `198.51.100.${id % 256}`, occurred_at: new Date().toISOString() };
        text += `event: ban\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
      }
      window.fakeStream.write(text);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    observer.disconnect();
    return { tasks, took: performance.now() - began };
  }, EVENTS[0]);
  const longest = Math.round(Math.max(0, ...tasks));
  test.info().annotations.push({
    type: "long tasks",
    description: `${tasks.length} in ${Math.round(took)} ms, the longest ${longest} ms`,
  });
  await expect(total).toHaveText("5,000");
  const events = page.getByRole("table", { name: "Newest bans and unbans" });
  await expect(events.getByRole("rowheader").first()).toHaveText(`198.51.100.${34_999 % 256}`);
  // Once at first, once for each two seconds, and once at the end.
  expect(asked).toBeLessThanOrEqual(took / 2_000 + 3);
  // A page that stalls stands still for longer than somebody notices; a busy machine is not what is judged here.
  expect(longest).toBeLessThan(1_000);
  await page.getByRole("button", { name: "country", exact: true }).click();
  await expect(page.locator(".legend").getByRole("button", { name: "China" })).toBeVisible();
});
