// The table of jobs as the specs find it, and the answer that fills it.

import type { Page } from "@playwright/test";
import type { Job } from "../../src/api/types.ts";

export const jobsTable = (page: Page) => page.getByRole("table", { name: "Background jobs" });

export const rowOf = (page: Page, job: string) =>
  jobsTable(page).getByRole("row").filter({ has: page.getByRole("button", { name: job, exact: true }) });

export const jobsAnswer = (items: Job[]) => () => ({ body: { items, next: null } });
