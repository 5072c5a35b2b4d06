// What the server logs, changed from the page of the system.

import { expect, test } from "@playwright/test";
import type { Log } from "../../src/api/types.ts";
import { expectAccessible } from "../axe.ts";
import { at } from "./fixtures.ts";
import { LOG } from "./fixtures-system.ts";
import { mockApi, problem } from "./mock-api.ts";

test("the log is changed for a while, put back, and a wrong filter is told at its field", async ({ page }) => {
  let log: Log = LOG;
  const bodies: unknown[] = [];
  const answers = await mockApi(page, {
    "GET /api/system/log": () => ({ body: log }),
    "PUT /api/system/log": (_url, route) => {
      bodies.push(route.request().postDataJSON());
      log = { ...LOG, filter: "info,bangui_api=debug", until: at(900) };
      return { body: log };
    },
    "DELETE /api/system/log": () => {
      log = LOG;
      return { body: log };
    },
  });
  await page.goto("/system");
  const form = page.getByRole("form", { name: "Log" });
  await expect(form).toContainText("Logged now: info");
  const [change, reset] = [
    form.getByRole("button", { name: "Change the log" }),
    form.getByRole("button", { name: "Log as configured" }),
  ];
  await expect(reset).toHaveCount(0);
  await form.getByLabel("Log instead").fill("info,bangui_api=debug");
  await change.click();
  await expect(page.getByText("The log is changed.", { exact: true })).toBeVisible();
  // The made-up end comes nearer while the specs before this one run.
  await expect(form).toContainText(/Logged now: info,bangui_api=debug, for \d+ min/);
  await expect(form).toContainText("Configured: info");
  await expectAccessible(page);
  await form.getByLabel("Log instead").fill("trace");
  await form.getByLabel("For").selectOption("a day");
  await change.click();
  await expect.poll(() => bodies).toEqual([
    { filter: "info,bangui_api=debug", for_secs: 900 },
    { filter: "trace", for_secs: 86400 },
  ]);
  await reset.click();
  await expect(reset).toHaveCount(0);
  await expect(form).toContainText("Logged now: info");

  const fields = [{ field: "filter", message: "invalid filter directive" }];
  answers["PUT /api/system/log"] = () => problem(400, "invalid", "Invalid.", { fields });
  await form.getByLabel("Log instead").fill("bangui=loud");
  await change.click();
  await expect(form.getByLabel("Log instead")).toHaveAccessibleDescription(/invalid filter directive/);
  await expect(form.getByLabel("Log instead")).toBeFocused();
});
