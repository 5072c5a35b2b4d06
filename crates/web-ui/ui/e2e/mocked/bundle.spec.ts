// What the first page loads: little script, and of charts and map nothing before they are shown.

import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { mockApi, SESSION_REQUIRED } from "./mock-api.ts";

/** The most that a first load may take, compressed. */
const MOST_BYTES = 120_000;

test("the first load is small, and charts and map come on demand", async ({ page }) => {
  const scripts = new Map<string, Promise<Buffer>>();
  page.on("response", (response) => {
    const name = new URL(response.url()).pathname.split("/").at(-1) ?? "";
    if (name.endsWith(".js")) scripts.set(name, response.body());
  });
  const size = async (): Promise<number> => {
    const bodies = await Promise.all(scripts.values());
    return bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  };
  const has = (start: string): boolean => [...scripts.keys()].some((name) => name.startsWith(start));

  const answers = await mockApi(page, { "GET /api/auth/me": SESSION_REQUIRED });
  await page.goto("/login");
  await expect(page.getByLabel("Password")).toBeVisible();
  const first = await size();
  expect(first).toBeGreaterThan(10_000);
  expect(first).toBeLessThan(MOST_BYTES);
  expect([has("timeline-chart-"), has("world-map-")]).toEqual([false, false]);

  answers["GET /api/auth/me"] = () => ({ body: { user: { id: 1, name: "alice" }, expires_at: new Date().toISOString() } });
  await page.goto("/");
  await expect(page.locator(".bars").first()).toBeAttached();
  await expect(page.locator(".map")).toBeVisible();
  expect([has("timeline-chart-"), has("world-map-")]).toEqual([true, true]);
  const overview = await size();
  expect(overview).toBeLessThan(MOST_BYTES);
  test.info().annotations.push({ type: "bytes", description: `first load ${first}, with charts and map ${overview}` });
});
