// The history says what is so: imported events open, a time is found wherever it lies, nothing is claimed of what is not shown,
// and a filter that cannot be read takes nothing away.

import { expect, test } from "@playwright/test";
import { toLocal } from "../../src/filter/view.ts";
import { eventsAnswer, numbered } from "./fixtures-history.ts";
import { drawer, grid, open, rows } from "./events-page.ts";
import { timeline } from "./fixtures-overview.ts";
import { at } from "./fixtures.ts";
import { mockApi, problem } from "./mock-api.ts";

const BAD = "jail:";
const refusal = () =>
  problem(400, "request_invalid", "q: a value is missing after jail:", {
    fields: [{ field: "q", message: "a value is missing after jail:" }],
  });

test("an imported event, whose number is below zero, opens from its row and from its link", async ({ page }) => {
  const imported = { ...numbered(40, 41), id: -75_000, ban: -75_000 };
  await mockApi(page, { "GET /api/events": () => ({ body: { items: [imported], next: null } }) });
  await page.goto("/history");
  await grid(page).getByRole("row").nth(1).click({ position: { x: 5, y: 8 } });
  await expect(drawer(page)).toHaveAccessibleName(`Ban of ${imported.ip}`);
  await expect(page).toHaveURL(/open=-75000-\d+$/);
  await page.reload();
  await expect(drawer(page)).toHaveAccessibleName(`Ban of ${imported.ip}`);
  await expect(page.getByText("is not in the history")).toHaveCount(0);
});

test("the former address of the history leads to it, with what it asks for", async ({ page }) => {
  await mockApi(page);
  await page.goto("/events?q=jail%3Asshd&since=30d");
  await expect(page.getByRole("heading", { level: 1, name: "History" })).toBeVisible();
  await expect(page).toHaveURL(/\/history\?q=jail%3Asshd&since=30d$/);
  await expect(page.getByRole("link", { name: "History" })).toHaveAttribute("aria-current", "page");
});

test("going to a time outside the period widens the period", async ({ page }) => {
  const asked: URLSearchParams[] = [];
  const answer = eventsAnswer(() => 300);
  // There are events of the last three and a half hours.
  await open(page, 300, "/history?since=1h", {
    "GET /api/events": (url) => {
      asked.push(url.searchParams);
      return answer(url);
    },
  });
  await page.getByText("Go to time").click();
  await page.getByLabel("Events before").fill(toLocal(Date.now() - 2 * 3_600_000));
  await page.getByRole("button", { name: "Go", exact: true }).click();
  await expect(page).toHaveURL(/\/history\?since=all&from=\d/);
  await expect(page.getByText("The period is wider now")).toBeVisible();
  await expect.poll(() => asked.at(-1)?.get("since")).toBe("all");
  await expect(rows(page).first()).toBeVisible();
});

test("going to a time keeps a typed period that is still being read, and widens it by what the server says", async ({ page }) => {
  let answered = false;
  await open(page, 300, "/history?q=since%3Ayesterday", {
    "GET /api/history/timeline": (url) =>
      answered ? { body: { ...timeline(url), since: at(-86_400), until: at(0) } } : problem(503, "database_unavailable", "Away."),
  });
  const go = async (hours: number): Promise<void> => {
    await page.getByText("Go to time").click();
    await page.getByLabel("Events before").fill(toLocal(Date.now() - hours * 3_600_000));
    await page.getByRole("button", { name: "Go", exact: true }).click();
  };
  await go(1);
  await expect(page).toHaveURL(/\/history\?q=since%3Ayesterday&from=\d/);
  await expect(page.getByText("The period is wider now")).toHaveCount(0);
  answered = true;
  await page.goto("/history?q=since%3Ayesterday");
  await go(48);
  await expect(page).toHaveURL(/\/history\?since=all&from=\d/);
});

test("a history without anything in it does not claim that there was something before", async ({ page }) => {
  const nothing = () => ({ body: { items: [], next: null } });
  await mockApi(page, { "GET /api/events": nothing });
  await page.goto("/history");
  await expect(page.getByText("The history is empty.")).toBeVisible();
  await expect(page.getByText("BanGUI has recorded no ban yet.")).toBeVisible();
  await expect(page.getByText("seen before")).toHaveCount(0);
  await page.goto("/history?q=jail:sshd");
  await expect(page.getByText("Nothing in the history matches.")).toBeVisible();
  await expect(page.getByText("At no other time either.")).toBeVisible();
});

test("a period without events says whether there are some at another time", async ({ page }) => {
  await mockApi(page, {
    "GET /api/events": (url) => ({
      body: { items: url.searchParams.get("since") === "all" ? [numbered(1, 1)] : [], next: null },
    }),
  });
  await page.goto("/history");
  await expect(page.getByText("Nothing happened in the last 7 days.")).toBeVisible();
  await expect(page.getByText("There is something at another time.")).toBeVisible();
  await page.getByRole("link", { name: "Look at all time" }).click();
  await expect(rows(page)).toHaveCount(1);
});

test("a filter that cannot be read leaves the list as it was, and moves nothing", async ({ page }) => {
  const answer = eventsAnswer(() => 300);
  await open(page, 300, "/history", {
    "GET /api/events": (url) => (url.searchParams.get("q") === BAD ? refusal() : answer(url)),
  });
  const filter = page.getByRole("search", { name: "Filter of the history" });
  const period = filter.getByLabel("Time", { exact: true });
  const before = await period.boundingBox();
  const first = (await rows(page).first().textContent()) ?? "";
  const box = page.getByRole("combobox", { name: "Filter" });
  await box.fill(BAD);
  await box.press("Escape");
  await box.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("a value is missing after jail:");
  await expect(box).toHaveAccessibleDescription("a value is missing after jail:");
  await expect(rows(page).first()).toHaveText(first);
  await expect(page.getByText("The list is still that of the filter before.")).toBeVisible();
  expect(await period.boundingBox()).toEqual(before);
  // It can be read on, further than what was loaded.
  await page.mouse.wheel(0, 20_000);
  await expect(page.getByText("End of the list")).toBeVisible();
  await box.fill("jail:sshd");
  await box.press("Escape");
  await box.press("Enter");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByText("The list is still that of the filter before.")).toHaveCount(0);
  await expect(rows(page).first()).toBeVisible();
});

test("a filter that cannot be read leaves the overview as it was", async ({ page }) => {
  const answers = await mockApi(page);
  await page.goto("/");
  const totals = page.getByLabel("Totals");
  const chart = page.getByRole("heading", { name: /^Bans over time/ });
  await expect(totals.locator("dd").first()).toHaveText(/\d/);
  const shown = await totals.locator("dd").first().textContent();
  for (const name of ["totals", "timeline", "top", "offenders"]) {
    const healthy = answers[`GET /api/history/${name}`];
    answers[`GET /api/history/${name}`] = (url, route) =>
      url.searchParams.get("q") === BAD ? refusal() : (healthy?.(url, route) ?? null);
  }
  const box = page.getByRole("combobox", { name: "Filter" });
  await box.fill(BAD);
  await box.press("Escape");
  await box.press("Enter");
  await expect(page.getByRole("alert")).toHaveText("a value is missing after jail:");
  await expect(totals.locator("dd").first()).toHaveText(shown ?? "");
  await expect(page.getByText("The numbers are still those of the filter before.")).toBeVisible();
  await expect(chart).toBeVisible();
  await expect(page.getByRole("table", { name: "Addresses that were banned more than once" })).toBeVisible();
  await expect(page.getByText("could not be loaded")).toHaveCount(0);
});
