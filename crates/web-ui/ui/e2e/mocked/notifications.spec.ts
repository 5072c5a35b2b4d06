// Notifications: rules, channels, a test that tells what the receiver says, and the log of messages.

import { expect, type Page, test } from "@playwright/test";
import type { Channel, Delivery, Rule } from "../../src/api/types.ts";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import { at } from "./fixtures.ts";
import { type Answers, mockApi, problem } from "./mock-api.ts";

const OPS: Channel = {
  id: 1,
  name: "Operators",
  created_at: at(-9_000),
  settings: { kind: "webhook", preset: "slack", server: "hooks.test", has_token: false, recipient: null, template: null },
};

const SSH: Rule = {
  id: 1,
  name: "SSH from afar",
  enabled: true,
  condition: { kind: "bans", jails: ["sshd"], countries: ["NL"], origins: [], least_bans: 3 },
  channels: [1],
  group_secs: 30,
  throttle_secs: 300,
  created_at: at(-9_000),
};

const message = (id: number, more: Partial<Delivery>): Delivery => ({
  id,
  rule: SSH.name,
  channel: OPS.name,
  kind: "ban",
  count: 12,
  jails: { sshd: 12 },
  state: "sent",
  tries: 1,
  created_at: at(-60 * id),
  next_at: null,
  ended_at: at(-60 * id + 1),
  status: 200,
  answer: "ok",
  ...more,
});

const HOSTILE = '<img src=x onerror="document.title=1">\u202e';

const MESSAGES = [
  message(3, { state: "waiting", tries: 2, next_at: at(40), ended_at: null, status: 429, answer: "slow down" }),
  message(2, {}),
  message(1, { state: "failed", kind: "offline", jails: {}, status: 404, answer: HOSTILE }),
];

const list = (items: unknown[]) => ({ body: { items, next: null } });

const answers = (more: Answers = {}): Answers => ({
  "GET /api/notifications/channels": () => list([OPS]),
  "GET /api/notifications/rules": () => list([SSH]),
  "GET /api/notifications/deliveries": (url) => {
    const state = url.searchParams.get("state");
    return list(MESSAGES.filter((message) => state === null || message.state === state));
  },
  ...more,
});

const dialog = (page: Page) => page.getByRole("dialog");

test("rules, channels and messages are there, also on a phone and in the dark", async ({ page }) => {
  await mockApi(page, answers());
  await page.goto("/");
  await page.getByRole("navigation").getByRole("link", { name: "Notifications" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Notifications" })).toBeFocused();
  const rule = page.getByRole("table", { name: "Rules" }).getByRole("row").nth(1);
  await expect(rule).toContainText("a ban by sshd from NL of an address with 3 bans or more");
  for (const text of ["in use", "Operators"]) await expect(rule).toContainText(text);
  await expect(page.getByRole("table", { name: "Channels" }).getByRole("row").nth(1)).toContainText("hooks.test");
  const messages = page.getByRole("table", { name: "Messages of the last 30 days" });
  await expect(messages.getByRole("row").nth(1)).toContainText("2 tries");
  await expect(messages.getByRole("row").nth(2)).toContainText("12 bans by sshd");
  await expect(messages.getByRole("row").nth(3)).toContainText("<img src=x");
  await expect(page).toHaveTitle("Notifications · BanGUI");
  await expectAccessible(page);
  await page.getByLabel("State").selectOption("failed");
  await expect(messages.getByRole("rowheader")).toHaveCount(1);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test("a channel is made by keyboard, after what was wrong is said at its field", async ({ page }) => {
  const sent: unknown[] = [];
  const channels: Channel[] = [];
  const api = answers({
    "GET /api/notifications/channels": () => list(channels),
    "GET /api/notifications/rules": () => list([]),
    "POST /api/notifications/preview": () => ({ body: { content_type: "application/json", body: '{"text": "3 bans"}' } }),
    "POST /api/notifications/channels": (_, route) => {
      sent.push(route.request().postDataJSON());
      if (sent.length === 1) {
        const fields = [{ field: "url", message: "127.0.0.1 is an address of this machine" }];
        return problem(400, "invalid", "url: …", { fields });
      }
      channels.push(OPS);
      return { status: 201, body: OPS };
    },
  });
  await mockApi(page, api);
  await page.goto("/notifications");
  await expect(page.getByText("There is no channel yet.")).toBeVisible();
  await expect(page.getByText("Make a channel first")).toBeVisible();
  await page.getByRole("button", { name: "New channel" }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByLabel("Name")).toBeFocused();
  await page.keyboard.type("Operators");
  await page.keyboard.press("Tab");
  await expect(dialog(page).getByLabel("Sends to")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type("https://127.0.0.1/hook");
  await dialog(page).getByRole("button", { name: "Preview" }).click();
  await expect(dialog(page).getByText('{"text": "3 bans"}')).toBeVisible();
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await expect(dialog(page).getByText("127.0.0.1 is an address of this machine")).toBeVisible();
  await expect(dialog(page).getByLabel("Address")).toHaveAttribute("aria-invalid", "true");
  await page.setViewportSize({ width: 390, height: 800 });
  await expectAccessible(page);
  await dialog(page).getByLabel("Address").fill("https://hooks.test/s3cret");
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Channels" })).toBeFocused();
  await expect(page.getByRole("table", { name: "Channels" })).toContainText("Operators");
  expect(sent[1]).toEqual({
    name: "Operators",
    settings: {
      kind: "webhook",
      preset: "slack",
      url: "https://hooks.test/s3cret",
      token: null,
      recipient: null,
      template: null,
    },
  });
});

test("a test tells what the receiver says", async ({ page }) => {
  let answer = { sent: true, status: 200, answer: "ok", took_ms: 35 };
  await mockApi(page, answers({ "POST /api/notifications/channels/1/test": () => ({ body: answer }) }));
  await page.goto("/notifications");
  const button = page.getByRole("button", { name: "Test Operators" });
  await button.click();
  await expect(page.getByText("Operators: sent in 35 ms. status 200: ok")).toBeVisible();
  answer = { sent: false, status: 403, answer: HOSTILE, took_ms: 5 };
  await button.click();
  await expect(page.getByText("Operators: not sent. status 403: <img")).toBeVisible();
  await expectAccessible(page);
});

test("a rule is changed and deleted, and what is in use stays", async ({ page }) => {
  const sent: unknown[] = [];
  let rules = [SSH];
  const api = answers({
    "GET /api/notifications/rules": () => list(rules),
    "PUT /api/notifications/rules/1": (_, route) => {
      sent.push(route.request().postDataJSON());
      rules = [{ ...SSH, enabled: false }];
      return { body: rules[0] };
    },
    "DELETE /api/notifications/rules/1": () => {
      rules = [];
      return { status: 204, body: null };
    },
    "DELETE /api/notifications/channels/1": () =>
      problem(409, "channel_in_use", 'the rule "SSH from afar" sends through the channel "Operators"'),
  });
  await mockApi(page, api);
  await page.goto("/notifications");
  await page.getByRole("button", { name: "Delete Operators" }).click();
  await dialog(page).getByRole("button", { name: "Delete it" }).click();
  await expect(dialog(page).getByRole("alert")).toContainText("SSH from afar");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Change SSH from afar" }).click();
  await dialog(page).getByLabel("Sends a message when").selectOption("silent");
  await dialog(page).getByLabel("Jails").fill("sshd, nginx");
  await dialog(page).getByLabel("For so many hours").fill("12");
  await dialog(page).getByLabel("In use").uncheck();
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("table", { name: "Rules" })).toContainText("off");
  expect(sent).toEqual([
    {
      name: "SSH from afar",
      enabled: false,
      condition: { kind: "silent", jails: ["sshd", "nginx"], hours: 12 },
      channels: [1],
      group_secs: 30,
      throttle_secs: 300,
    },
  ]);
  await page.getByRole("button", { name: "Delete SSH from afar" }).click();
  await dialog(page).getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByText("There is no rule yet.")).toBeVisible();
});

test("a list that cannot be loaded says so, and the others are there", async ({ page }) => {
  const api = answers({ "GET /api/notifications/rules": () => problem(500, "database_failed", "It broke.") });
  await mockApi(page, api);
  await page.goto("/notifications");
  await expect(page.getByText("The rules could not be loaded.")).toBeVisible();
  await expect(page.getByRole("table", { name: "Channels" })).toContainText("Operators");
});
