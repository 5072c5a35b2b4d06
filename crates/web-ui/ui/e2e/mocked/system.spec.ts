// The page of the system as a whole: who schedules, and what becomes of it while the server is in trouble or unseen.

import { expect, type Page, test } from "@playwright/test";
import type { Job } from "../../src/api/types.ts";
import { expectAccessible } from "../axe.ts";
import { SYSTEM } from "./fixtures.ts";
import { JOBS, LOST } from "./fixtures-system.ts";
import { jobsAnswer, rowOf } from "./jobs-page.ts";
import { type Answers, mockApi, problem } from "./mock-api.ts";

/** Counts the lists that the page asks for. */
function countLists(items: Job[]): { asked: number; answers: Answers } {
  const counter = { asked: 0, answers: {} as Answers };
  counter.answers["GET /api/jobs"] = () => {
    counter.asked += 1;
    return { body: { items, next: null } };
  };
  return counter;
}

async function setVisibility(page: Page, state: "hidden" | "visible"): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

test("the lock: lost is a warning, standby and nobody are told apart", async ({ page }) => {
  const answers = await mockApi(page, { "GET /api/system": () => ({ body: LOST }) });
  await page.goto("/system");
  await expect(page.getByText("This process has lost the scheduler lock")).toBeVisible();
  await expect(page.getByText("This process begins no job.")).toBeVisible();
  await expect(page.getByText("last known: process 812 on host-b")).toBeVisible();
  const standby = { ...LOST.scheduler, role: "standby" as const };
  answers["GET /api/system"] = () => ({ body: { ...SYSTEM, scheduler: standby } });
  await expect(page.getByText("Another process schedules the jobs")).toBeVisible();
  answers["GET /api/system"] = () => ({
    body: { ...SYSTEM, scheduler: { role: "standby", holder: null, since: null, token: null } },
  });
  await expect(page.getByText("No process schedules the jobs")).toBeVisible();
  await page.goto("/");
  await page.getByRole("link", { name: "no process" }).click();
  await expect(page).toHaveURL(/\/system$/);
});

test("what could not be loaded says why; what could not be refreshed stays, with a note", async ({ page }) => {
  const answers = await mockApi(page, {
    "GET /api/jobs": () => problem(500, "database_failed", "The database refused it."),
    "GET /api/system": () => problem(500, "internal", "Something broke."),
  });
  await page.goto("/system");
  await expect(page.getByText("The jobs could not be loaded.")).toBeVisible();
  await expect(page.getByText("Who schedules is not known.")).toBeVisible();
  await expect(page.getByText("req-1").first()).toBeVisible();
  await expectAccessible(page);
  answers["GET /api/jobs"] = jobsAnswer(JOBS);
  answers["GET /api/system"] = () => ({ body: SYSTEM });
  await page.getByRole("button", { name: "Try again" }).last().click();
  await expect(rowOf(page, "prune_sessions")).toBeVisible();
  answers["GET /api/jobs"] = () => problem(503, "database_unavailable", "The database is out of reach.");
  const note = page.getByText(/Not refreshed\. The database is out of reach\. Shown as of \d{4}-/);
  await expect(note).toBeVisible();
  await expect(rowOf(page, "prune_sessions")).toBeVisible();
  answers["GET /api/jobs"] = jobsAnswer([]);
  await expect(note).toHaveCount(0);
  await expect(page.getByText("There is no background job.")).toBeVisible();
});

test("the list refreshes itself while somebody can see it, and only then", async ({ page }) => {
  const lists = countLists(JOBS);
  await page.clock.install();
  await mockApi(page, lists.answers);
  await page.goto("/system");
  await expect(rowOf(page, "prune_sessions")).toBeVisible();
  expect(lists.asked).toBe(1);
  await page.clock.runFor(6_000);
  await expect.poll(() => lists.asked).toBe(2);
  await setVisibility(page, "hidden");
  await page.clock.runFor(60_000);
  expect(lists.asked).toBe(2);
  await setVisibility(page, "visible");
  await page.clock.runFor(100);
  await expect.poll(() => lists.asked).toBe(3);
});
