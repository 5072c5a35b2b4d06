// The account: one's own sessions, and the password.

import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import { SESSIONS } from "./fixtures-system.ts";
import { mockApi, problem, SESSION_REQUIRED } from "./mock-api.ts";

const NEW = "correct horse battery";
const row = (page: Page, browser: string) => page.getByRole("row").filter({ hasText: browser });

async function change(page: Page, current: string, fresh = NEW, again = fresh): Promise<void> {
  await page.getByLabel("Current password").fill(current);
  await page.getByLabel("New password", { exact: true }).fill(fresh);
  await page.getByLabel("New password again").fill(again);
  await page.getByRole("button", { name: "Change the password" }).click();
}

test("the sessions are listed, and the present one is marked", async ({ page }) => {
  await mockApi(page);
  await page.goto("/");
  await page.getByText("alice", { exact: true }).click();
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Account alice" })).toBeFocused();
  await expect(page.getByRole("button", { name: "Log out" })).toBeHidden();
  const present = row(page, "Firefox 128 on Linux");
  await expect(present).toContainText("this session");
  await expect(present).toContainText("192.0.2.7");
  await expect(page.getByText("Firefox 128 on Linux")).toHaveAttribute("title", SESSIONS[0]?.user_agent ?? "");
  await expect(row(page, "Safari 18 on iPhone")).toContainText("1 d ago");
  await expect(row(page, "curl/8.5.0")).toContainText("Unix socket");
  await expect(page.getByText("this session", { exact: true })).toHaveCount(1);
});

test("another session ends at once, and the focus is not lost with its row", async ({ page }) => {
  let items = SESSIONS;
  const ended: string[] = [];
  const answers = await mockApi(page, {
    "GET /api/sessions": () => ({ body: { items, next: null } }),
    "DELETE /api/sessions/": (url) => {
      ended.push(url.pathname);
      items = items.filter(({ id }) => !url.pathname.endsWith(id));
      return { status: 204, body: null };
    },
  });
  await page.goto("/account");
  await page.getByRole("button", { name: "End the session of Safari 18 on iPhone at 2001:db8:4d::1f" }).click();
  await expect(page.getByText("The session of Safari 18 on iPhone has ended.")).toBeVisible();
  await expect(row(page, "Safari")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Sessions" })).toBeFocused();
  expect(ended).toEqual(["/api/sessions/bb02"]);
  answers["DELETE /api/sessions/"] = () => problem(404, "session_not_found", "You have no such session.");
  await page.getByRole("button", { name: /^End the session of curl/ }).click();
  await expect(page.getByRole("alert")).toHaveText(/The session was not ended\. You have no such session\./);
});

test("all other sessions end after a question, and how many is told", async ({ page }) => {
  let items = SESSIONS;
  let calls = 0;
  await mockApi(page, {
    "GET /api/sessions": () => ({ body: { items, next: null } }),
    "DELETE /api/sessions": () => {
      calls += 1;
      if (calls === 1) return problem(503, "database_unavailable", "The database is out of reach.");
      items = items.filter(({ current }) => current);
      return { body: { ended: 2 } };
    },
  });
  await page.goto("/account");
  const all = page.getByRole("button", { name: "End all others" });
  await all.click();
  const dialog = page.getByRole("dialog", { name: "End all other sessions?" });
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(all).toBeFocused();
  expect(calls).toBe(0);
  await all.click();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "End all others" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("The database is out of reach.");
  await dialog.getByRole("button", { name: "End all others" }).click();
  await expect(page.getByText("2 other sessions have ended.")).toBeVisible();
  await expect(page.getByRole("table").getByRole("rowheader")).toHaveCount(1);
  await expect(all).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Sessions" })).toBeFocused();
});

test("ending the present session asks first, and leads to the login", async ({ page }) => {
  const ended: string[] = [];
  await mockApi(page, {
    "DELETE /api/sessions/": (url) => {
      ended.push(url.pathname);
      return { status: 204, body: null };
    },
  });
  await page.goto("/account");
  await page.getByRole("button", { name: "End this session" }).click();
  const dialog = page.getByRole("dialog", { name: "End this session?" });
  await dialog.getByRole("button", { name: "Stay logged in" }).click();
  expect(ended).toEqual([]);
  await page.getByRole("button", { name: "End this session" }).click();
  await dialog.getByRole("button", { name: "End it and log out" }).click();
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  await expect(page.getByText("Your session has ended.")).toHaveCount(0);
  expect(ended).toEqual(["/api/sessions/aa01"]);
});

test("a new password is sent once, and tells how many sessions it ended", async ({ page }) => {
  const bodies: unknown[] = [];
  await mockApi(page, {
    "POST /api/auth/password": (_url, route) => {
      bodies.push(route.request().postDataJSON());
      return { body: { ended: 2 } };
    },
  });
  await page.goto("/account");
  await change(page, "old password", "short");
  await expect(page.getByText("It needs 12 to 256 characters; this one has 5.")).toBeVisible();
  await expect(page.getByLabel("New password", { exact: true })).toBeFocused();
  await change(page, "old password", NEW, "another one, quite long");
  await expect(page.getByText("The two new passwords differ.")).toBeVisible();
  await expect(page.getByLabel("New password again")).toBeFocused();
  expect(bodies).toEqual([]);
  await change(page, "old password");
  await expect(page.getByText("The password is changed. 2 other sessions have ended.")).toBeVisible();
  expect(bodies).toEqual([{ current_password: "old password", new_password: NEW }]);
  for (const label of ["Current password", "New password again"]) await expect(page.getByLabel(label)).toHaveValue("");
  const completions = await page.locator(".password-form input").evaluateAll((inputs) =>
    inputs.map((input) => `${input.getAttribute("autocomplete")} ${input.getAttribute("type")}`),
  );
  expect(completions).toEqual([
    "username text",
    "current-password password",
    "new-password password",
    "new-password password",
  ]);
  await expect(page.locator(".password-form input[name=username]")).toHaveValue("alice");
});

test("a wrong password, too many of them, and a bad new one are said at their fields", async ({ page }) => {
  const answers = await mockApi(page, {
    "POST /api/auth/password": () => problem(403, "password_wrong", "That is not your password."),
  });
  await page.goto("/account");
  const [current, fresh] = [page.getByLabel("Current password"), page.getByLabel("New password", { exact: true })];
  await change(page, "guess");
  await expect(current).toBeFocused();
  await expect(current).toHaveAttribute("aria-invalid", "true");
  await expect(current).toHaveAccessibleDescription("That is not your password.");
  await expect(current).toHaveValue("");
  await expectAccessible(page);

  const fields = [{ field: "new_password", message: "It is among the most common ones." }];
  answers["POST /api/auth/password"] = () => problem(400, "invalid", "Invalid.", { fields });
  await change(page, "right");
  await expect(fresh).toBeFocused();
  await expect(fresh).toHaveAccessibleDescription("12 to 256 characters It is among the most common ones.");

  answers["POST /api/auth/password"] = () => problem(503, "database_unavailable", "The database is out of reach.");
  await change(page, "right");
  await expect(page.getByRole("alert")).toHaveText("The database is out of reach.");

  answers["POST /api/auth/password"] = () => ({
    ...problem(429, "login_throttled", "Too many failed logins."),
    headers: { "retry-after": "3" },
  });
  await change(page, "guess");
  await expect(current).toHaveAccessibleDescription("Too many failed logins.");
  await expect(page.getByRole("button", { name: /^Wait \d s$/ })).toBeDisabled();
  await expect(page.getByRole("button", { name: "Change the password" })).toBeEnabled();
  await expect(current).toHaveAccessibleDescription("");
});

test("sessions that cannot be loaded say why, and hostile browsers are text", async ({ page }) => {
  const answers = await mockApi(page, { "GET /api/sessions": () => problem(500, "internal", "Something broke.") });
  await page.goto("/account");
  await expect(page.getByText("Your sessions could not be loaded.")).toBeVisible();
  await expect(page.getByLabel("Current password")).toBeVisible();
  const hostile = `<script>document.title='owned'</script>${"u".repeat(900)}\u202e`;
  const items = [{ ...SESSIONS[0], user_agent: hostile }, { ...SESSIONS[1], user_agent: "" }];
  answers["GET /api/sessions"] = () => ({ body: { items, next: null } });
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("not told")).toBeVisible();
  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoSidewaysScroll(page);
  await expect(page).toHaveTitle("Account · BanGUI");
  expect(await page.locator("main script").count()).toBe(0);
  answers["DELETE /api/sessions"] = SESSION_REQUIRED;
  await page.getByRole("button", { name: "End all others" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End all others" }).click();
  await expect(page.getByText("Your session has ended.")).toBeVisible();
  await expect(page).toHaveURL(/\/login\?next=%2Faccount$/);
});
