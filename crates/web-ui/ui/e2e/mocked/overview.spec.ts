// The overview: one filter for all of it, charts and map by mouse, finger and keyboard.

import { expect, test, type Page } from "@playwright/test";
import { NO_OFFENDERS, timeline, top, totals } from "./fixtures-overview.ts";
import { mockApi } from "./mock-api.ts";
import { chart, drawn, spot } from "./overview-page.ts";

const map = (page: Page) => page.getByRole("slider", { name: "Countries on the map, by bans" });
const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

test("one filter is above all of it, stands in the address, and is asked of every number", async ({ page }) => {
  const asked = new Map<string, URL>();
  const note = (name: string, answer: (url: URL) => unknown) => (url: URL) => {
    // The page's first line asks for the newest event of all.
    if (url.searchParams.has("q")) asked.set(`${name} ${url.searchParams.get("by") ?? ""}`.trim(), url);
    return { body: answer(url) };
  };
  await mockApi(page, {
    "GET /api/history/totals": note("totals", totals),
    "GET /api/history/timeline": note("timeline", timeline),
    "GET /api/history/top": note("top", top),
    "GET /api/history/offenders": note("offenders", NO_OFFENDERS),
    "GET /api/events": note("events", () => ({ items: [], next: null })),
  });
  await page.goto("/?q=jail:sshd&since=24h");
  await drawn(page);
  await expect(page.getByText("Nothing matches.")).toBeVisible();
  for (const name of ["totals", "timeline jail", "top country", "top network", "top address", "top jail", "offenders", "events"]) {
    const query = asked.get(name)?.searchParams;
    expect(query?.get("q"), name).toBe("jail:sshd");
    expect(Date.now() - Date.parse(query?.get("since") ?? ""), name).toBeGreaterThan(23 * 3_600_000);
    expect(query?.get("tz"), name).toBe(await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone));
  }
  await page.getByRole("button", { name: "Singapore" }).click();
  await expect(page).toHaveURL(/country%3ASG/);
  await expect.poll(() => asked.get("totals")?.searchParams.get("q")).toBe("jail:sshd country:SG");
  expect(parameter(page, "since")).toBe("24h");
  await page.goBack();
  await expect(page).toHaveURL("/?q=jail:sshd&since=24h");
});

test("numbers are against the period before and the usual, and lead to their bans", async ({ page }) => {
  await mockApi(page, {
    "GET /api/history/totals": (url) => {
      const full = totals(url);
      return { body: { ...full, bans: 1_500, usual_bans: 500, before: { ...full.before, bans: 1_000 } } };
    },
  });
  await page.goto("/?since=30d");
  const line = page.getByLabel("Totals");
  await expect(line.getByText("+50 %, before 1,000")).toBeVisible();
  await expect(line.getByText("×3.0 against usual (500)")).toBeVisible();
  await line.getByRole("link", { name: "1,500" }).click();
  await expect(page).toHaveURL("/history?q=kind%3Aban&since=30d");
});

test("a bar tells what is in it, holds that when pressed, and leads on", async ({ page }) => {
  await mockApi(page);
  await page.goto("/");
  await drawn(page);
  const { x, y } = await spot(page, 0.52);
  await page.mouse.move(x, y);
  await expect(page.locator(".tip")).toContainText("sshd");
  await expect(page.locator(".tip a")).toHaveCount(0);
  await page.mouse.click(x, y);
  await page.mouse.move(x + 200, y);
  const tip = page.locator(".tip-pinned");
  await expect(tip.getByRole("link").first()).toHaveAttribute("href", /\/history\?q=jail%3Asshd\+kind%3Aban&since=.+&until=/);
  await tip.getByRole("button", { name: "nginx" }).click();
  await expect(page).toHaveURL("/?q=jail%3Anginx");
});

test("a stretch that is drawn with the mouse or a finger is zoomed into", async ({ page }) => {
  await mockApi(page);
  await page.goto("/");
  await drawn(page);
  const [from, to] = [await spot(page, 0.25), await spot(page, 0.5)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
  await expect(page).toHaveURL(/since=.+until=/);
  const [since, until] = [Date.parse(parameter(page, "since") ?? ""), Date.parse(parameter(page, "until") ?? "")];
  expect(until - since).toBeGreaterThan(24 * 3_600_000);
  expect(until - since).toBeLessThan(3 * 24 * 3_600_000);

  await page.goto("/");
  await drawn(page);
  // Past the end: the last bar may have just begun.
  const [start, end] = [await spot(page, 0.6), await spot(page, 1.01)];
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", x?: number) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: x === undefined ? [] : [{ x, y: start.y }] });
  await touch("touchStart", start.x);
  for (const part of [0.2, 0.5, 1]) await touch("touchMove", start.x + (end.x - start.x) * part);
  await touch("touchEnd");
  await expect(page).toHaveURL(/since=/);
  // Up to now stays up to now, so that the view goes on moving.
  expect(parameter(page, "until")).toBeNull();
});

test("what is held of a bar goes when one goes on elsewhere, and covers nothing that has the focus", async ({ page }) => {
  await mockApi(page);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto("/");
  await drawn(page);
  const tip = page.locator(".tip-pinned");
  await chart(page).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(tip.locator(":focus")).toHaveCount(1);
  await tip.getByRole("button", { name: "Close" }).focus();
  await page.keyboard.press("Tab");
  await expect(page.locator(".legend :focus")).toHaveCount(1);
  await expect(tip).toHaveCount(0);
  const { x, y } = await spot(page, 0.5);
  await page.mouse.click(x, y);
  await tip.locator(".tip-head").click();
  await expect(tip).toHaveCount(1);
  await page.getByRole("heading", { name: "Bans over time" }).click();
  await expect(tip).toHaveCount(0);
});

test("by keyboard alone: bars, a stretch, what is told of a bar, series, and the table", async ({ page }) => {
  await mockApi(page);
  await page.goto("/");
  await drawn(page);
  await chart(page).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await expect(chart(page)).toHaveAttribute("aria-valuenow", "2");
  await expect(chart(page)).toHaveAttribute("aria-valuetext", /\d+:00 – \d+:00: [\d,]+ bans, sshd \d+/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.locator(".tip-pinned").getByRole("button", { name: "sshd" })).toBeFocused();
  await page.locator(".tip-pinned").getByRole("button", { name: "Close" }).press("Enter");
  await expect(page.locator(".tip")).toHaveCount(0);
  await expect(chart(page)).toBeFocused();
  await page.getByRole("button", { name: "postfix", exact: true }).and(page.locator(".legend-toggle")).press("Space");
  await expect(page.locator(".bars")).toHaveCount(4);
  await chart(page).focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await expect(chart(page)).toHaveAttribute("aria-valuetext", /^Chosen: .+ to .+/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/since=.+until=/);
  await page.getByRole("button", { name: "Table of Bans over time" }).press("Enter");
  await expect(page.getByRole("table", { name: "Bans over time by jail" })).toBeVisible();
});

test("the table behind the chart has the same numbers as the answer, and the gaps", async ({ page }) => {
  let answer: ReturnType<typeof timeline> | undefined;
  await mockApi(page, {
    "GET /api/history/timeline": (url) => {
      const full = timeline(url);
      const gap = { since: full.starts[3] ?? "", until: full.starts[5] ?? "", cause: "unwatched" as const };
      const gapped = { ...full, others: full.others.map((_, index) => index % 3), gaps: [gap] };
      // The period before is asked for as well, and ends where this one begins.
      if (url.searchParams.get("until") === null) answer = gapped;
      return { body: gapped };
    },
  });
  await page.goto("/?since=24h");
  await page.getByRole("button", { name: "Table of Bans over time" }).click();
  const rows = page.getByRole("table", { name: "Bans over time by jail" }).locator("tbody tr");
  await expect(rows).toHaveCount(answer?.starts.length ?? 0);
  const shown = await rows.evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll("td")].map((cell) => Number((cell.textContent ?? "").replaceAll(",", "")))),
  );
  const expected = answer?.starts.map((_, index) => {
    const parts = [...(answer?.series ?? []).map(({ counts }) => counts[index] ?? 0), answer?.others[index] ?? 0];
    return [parts.reduce((sum, part) => sum + part, 0), ...parts];
  });
  expect(shown).toEqual(expected);
  await expect(rows.filter({ hasText: "not watched" })).toHaveCount(2);
});

test("the map shades countries, tells of them, and what is not on it is beside it", async ({ page }) => {
  await mockApi(page, {
    "GET /api/history/top": (url) => {
      if (url.searchParams.get("by") !== "country") return { body: top(url) };
      const row = (key: string, bans: number) => ({ key, label: null, country: null, special: null, network: null, bans, addresses: 1, before: 0 });
      const rows = [row("BR", 900), row("SG", 40), row("BV", 9), row("unknown", 7), row("private", 3), row("NL", 1)];
      return { body: { ...top(url), rows, groups: 8, bans: 965 } };
    },
  });
  await page.goto("/");
  await expect(page.locator('path[data-country="BR"]')).toHaveClass(/heat-5/);
  await expect(page.locator('circle[data-country="SG"]')).toHaveClass(/heat-[34]/);
  await expect(page.locator('path[data-country="CA"]')).toHaveClass(/heat-0/);
  const beside = page.locator(".map-beside");
  await expect(beside).toHaveText(/^965 bans\. Not on the map: (Bouvet Island 9, )?Unknown 7, Not on the Internet 3, 2 more countries 5\.$/);
  await page.locator('path[data-country="BR"]').hover();
  await expect(page.locator(".map-tip")).toContainText("Brazil900 bans");
  await map(page).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await expect(map(page)).toHaveAttribute("aria-valuetext", "Singapore: 40 bans");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/?q=country%3ASG");
  await page.getByRole("button", { name: "Table of Where from" }).click();
  const table = page.getByRole("table", { name: "Bans by country" });
  await expect(table.getByRole("rowheader", { name: "Bouvet Island" })).toBeVisible();
  await table.getByRole("button", { name: "Netherlands" }).click();
  await expect(page).toHaveURL("/?q=country%3ANL");
});

test.describe("with a finger", () => {
  test.use({ hasTouch: true });

  test("the first touch of a country tells of it, the second one narrows the filter", async ({ page }) => {
    await mockApi(page);
    await page.goto("/");
    const brazil = page.locator('path[data-country="BR"]');
    await brazil.tap();
    await expect(page.locator(".map-tip")).toContainText("Brazil");
    await expect(page).toHaveURL("/");
    await brazil.tap();
    await expect(page).toHaveURL("/?q=country%3ABR");
  });
});

test("who came back, and for how much longer", async ({ page }) => {
  await mockApi(page);
  await page.goto("/");
  const rows = page.getByRole("table", { name: "Addresses that were banned more than once" });
  await expect(rows.getByRole("row", { name: /203\.0\.113\.7/ })).toContainText("10 min → 1 w · ban no. 14");
  await expect(rows.getByRole("row", { name: /203\.0\.113\.7/ })).toContainText("banned now");
  await expect(rows.getByRole("row", { name: /198\.51\.100\.23/ })).toContainText("10 min → permanent");
});
