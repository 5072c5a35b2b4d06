// The background jobs on the page of the system: how they went, and starting one by hand.

import { expect, test } from "@playwright/test";
import type { JobRun } from "../../src/api/types.ts";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import { at } from "./fixtures.ts";
import { cronJob, FAILURE, jobRun, JOBS } from "./fixtures-system.ts";
import { jobsAnswer, jobsTable, rowOf } from "./jobs-page.ts";
import { mockApi, problem } from "./mock-api.ts";

test("the jobs are there with schedule, last run and next run, and a failure shows in its row", async ({ page }) => {
  await mockApi(page);
  await page.goto("/");
  await page.getByRole("navigation").getByRole("link", { name: "System" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "System" })).toBeFocused();
  await expect(page.getByText("This process schedules the jobs", { exact: true })).toBeVisible();
  await expect(page.getByText("process 4711 on host-a")).toBeVisible();
  await expect(jobsTable(page).getByRole("rowheader")).toHaveCount(JOBS.length);
  const sessions = rowOf(page, "prune_sessions");
  await expect(sessions).toContainText("deletes sessions that have ended");
  await expect(sessions).toContainText("hourly at :07");
  await expect(sessions).toContainText("done");
  await expect(sessions).toContainText(/in \d+ min/);
  await expect(rowOf(page, "observe_bans")).toContainText("every 0.5 s");
  const failing = rowOf(page, "prune_jobs");
  await expect(failing).toContainText("0 17 3 * * MON UTC");
  await expect(failing.getByText("failed", { exact: true })).toBeVisible();
  await expect(failing).toContainText("database is locked");
});

test("a row opens and closes by keyboard, and shows its runs or their count", async ({ page }) => {
  await mockApi(page);
  await page.goto("/system");
  const opener = page.getByRole("button", { name: "prune_jobs", exact: true });
  await expect(opener).toHaveAttribute("aria-expanded", "false");
  await opener.focus();
  await page.keyboard.press("Enter");
  await expect(opener).toHaveAttribute("aria-expanded", "true");
  const runs = page.getByRole("table", { name: "Last runs of prune_jobs" });
  await expect(runs.getByRole("rowheader")).toHaveText(["waiting", "failed", "done"]);
  await expect(runs.getByRole("row").nth(1)).toContainText("bob");
  const failed = runs.getByRole("row").nth(2);
  for (const text of ["schedule", "5 s", "3 of 3", FAILURE]) await expect(failed).toContainText(text);
  await page.keyboard.press("Space");
  await expect(runs).toHaveCount(0);
  await page.getByRole("button", { name: "observe_bans", exact: true }).click();
  await expect(page.getByText("518,204 in 3 d, 12 of them failed")).toBeVisible();
  await expect(page.getByText("fail2ban did not answer within 5 s")).toBeVisible();
  await page.getByRole("button", { name: "prune_login_tries", exact: true }).click();
  await expect(page.getByText("earlier try:")).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test("a run that is asked for is followed to its end", async ({ page }) => {
  const runs: JobRun[] = [];
  const posts: string[] = [];
  const list = () => cronJob("prune_sessions", { pending: runs[0]?.state === "done" ? 0 : runs.length, runs });
  await mockApi(page, {
    "GET /api/jobs": () => ({ body: { items: [list()], next: null } }),
    "POST /api/jobs/prune_sessions/run": (url) => {
      posts.push(url.pathname);
      const mine = { trigger: "manual", by: "alice", due_at: at(0) } as const;
      runs[0] = jobRun(1, { ...mine, state: "waiting", started_at: null, duration_ms: null, attempts: 0 });
      return { status: 202, body: runs[0] };
    },
  });
  await page.goto("/system");
  const button = page.getByRole("button", { name: /: prune_sessions$/ });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(button).toHaveText("Waiting…");
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(rowOf(page, "prune_sessions").getByRole("cell", { name: "1", exact: true })).toBeVisible();
  runs[0] = jobRun(1, { state: "running", trigger: "manual", by: "alice", started_at: at(1), duration_ms: null });
  await expect(button).toHaveText("Running…");
  await expect(page.getByText("prune_sessions is running.")).toBeAttached();
  runs[0] = jobRun(1, { trigger: "manual", by: "alice", started_at: at(1), duration_ms: 7 });
  await expect(button).toHaveText("Run now");
  await expect(page.getByRole("log").getByText("prune_sessions is done, in 7 ms.")).toBeVisible();
  await expect(button).toBeFocused();
  expect(posts).toHaveLength(1);
});

test("a run that fails, or cannot be started, says so", async ({ page }) => {
  const answers = await mockApi(page, {
    "POST /api/jobs/": () => problem(503, "database_unavailable", "The database is out of reach."),
  });
  await page.goto("/system");
  const button = page.getByRole("button", { name: /: prune_sessions$/ });
  await button.click();
  await expect(page.getByRole("alert")).toHaveText(/prune_sessions was not started\. The database is out of reach\./);
  await expect(button).toHaveText("Run now");
  const failed = jobRun(1, { state: "failed", attempts: 3, error: "disk full", started_at: at(2) });
  answers["POST /api/jobs/"] = () => ({ status: 202, body: { ...failed, state: "waiting", error: null } });
  answers["GET /api/jobs"] = jobsAnswer([cronJob("prune_sessions", { runs: [failed] })]);
  await button.click();
  await expect(page.getByText("prune_sessions has failed. Its row says why.")).toBeVisible();
  await expect(rowOf(page, "prune_sessions")).toContainText("disk full");
});

test("hostile text in an error is shown as text, and breaks nothing", async ({ page }) => {
  const markup = `<script>document.title='owned'</script><img src=x onerror="document.title='owned'">`;
  const error = `${markup}\u0000\u001b[31m\u202e${"y".repeat(9_000)} end of it`;
  const pulse = { started_at: at(-1), duration_ms: 1, error };
  const [name, by] = ["n".repeat(120), `<b>${"b".repeat(64)}</b>`];
  await mockApi(page, {
    "GET /api/jobs": jobsAnswer([
      cronJob(name, { about: "<i>about</i>", runs: [jobRun(1, { state: "failed", trigger: "manual", by, error })] }),
      cronJob("counted", {
        runs: [],
        schedule: { kind: "every", every_ms: 500 },
        tally: { since: at(-60), runs: 2, failed: 1, last: pulse, last_failure: pulse },
      }),
    ]),
  });
  await page.goto("/system");
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("button", { name: "counted", exact: true }).click();
  const shown = page.locator(".long-text").first();
  await expect(shown).toContainText("<script>document.title='owned'</script>");
  await expect(shown).toContainText("␀␛[31m\ufffd");
  await expect(page.getByText("<i>about</i>")).toBeVisible();
  expect(await page.locator("main script, main img, main b, main i").count()).toBe(0);
  await expect(page).toHaveTitle("System · BanGUI");
  await expect(page.getByText("end of it")).toHaveCount(0);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoSidewaysScroll(page);
  }
  await page.getByRole("button", { name: /^All 9,\d+ characters of the error$/ }).first().click();
  await expect(page.getByText("end of it")).toHaveCount(1);
  await expectNoSidewaysScroll(page);
});
