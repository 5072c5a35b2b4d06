// One fact, one answer, whichever page tells it: whether fail2ban is there, whether an address is banned or allowed, how many bans
// there were, and what is to be said of a jail.

import { expect, type Page, test } from "@playwright/test";
import type { AllowEntry } from "../../src/api/types.ts";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import { DESK, drawer, grid, PHONE } from "./events-page.ts";
import { addressAnswer, NEVER_BANNED, PLACED } from "./fixtures-history.ts";
import { at, BANS, HUNG, JAILS, OFFLINE, ONLINE, SSHD, SYSTEM } from "./fixtures.ts";
import { type Answers, mockApi, send } from "./mock-api.ts";

const away = (state = OFFLINE): Answers => ({
  "GET /api/system": () => ({ body: { ...SYSTEM, fail2ban: state } }),
});

const IP = "203.0.113.7";
const [BAN] = BANS;
const own = { ...BAN, ip: IP, jail: "sshd" };
const addressOf = (more: object) => (url: URL) => ({ body: { ...addressAnswer(url).body, ...more } });
const banForm = (page: Page) => page.getByRole("form", { name: "Ban an address" });

for (const [name, state] of [
  ["offline", OFFLINE],
  ["hanging", HUNG],
] as const) {
  test(`while fail2ban is ${name}, nothing is called live and nothing can be banned or unbanned`, async ({ page }) => {
    await mockApi(page, { ...away(state), "GET /api/bans": () => ({ body: { items: [own], next: null } }) });
    const waiting = page.getByText("waiting for fail2ban", { exact: true });
    for (const [path, badges] of [
      ["/", 1],
      ["/jails/sshd", 1],
      ["/history", 1],
      [`/address/${IP}`, 0],
      ["/search?q=ssh", 0],
    ] as const) {
      await page.goto(path);
      await expect(waiting).toHaveCount(badges);
      await expect(page.getByText("live", { exact: true })).toHaveCount(0);
      const buttons = page.getByRole("button", { name: /^(Ban|Unban)\b/ });
      if (path !== "/" && path !== "/history") await expect(buttons.first()).toBeVisible();
      for (const button of await buttons.all()) await expect(button).toBeDisabled();
    }
    await page.goto("/history");
    await grid(page).getByRole("row").nth(1).click({ position: { x: 5, y: 8 } });
    await expect(drawer(page).getByRole("button", { name: /^Unban/ }).first()).toBeDisabled();
    await expect(drawer(page).getByRole("button", { name: /^Ban\b/ })).toBeDisabled();
    // That it is banned is not called the present.
    await expect(drawer(page).getByText("before fail2ban stopped answering.")).toBeVisible();
    await expectAccessible(page);
  });
}

test("what was known last is told with its time, and all comes back with fail2ban", async ({ page }) => {
  await mockApi(page, away());
  await page.goto("/jails/sshd");
  await expect(page.getByText(/^As of .+, before fail2ban stopped answering\.$/).first()).toBeVisible();
  await expect(banForm(page).getByText("fail2ban does not answer. Nothing can be banned")).toBeVisible();
  await send(page, "online", ONLINE);
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await expect(page.getByText("before fail2ban stopped answering")).toHaveCount(0);
  await expect(banForm(page).getByRole("button", { name: "Ban" })).toBeEnabled();
  const unban = page.getByRole("button", { name: /^Unban/ }).first();
  await unban.click();
  const yes = page.getByRole("dialog").getByRole("button", { name: /^Unban from/ });
  await expect(yes).toBeEnabled();
  await send(page, "offline", OFFLINE);
  await expect(yes).toBeDisabled();
  await expect(page.getByRole("dialog").getByRole("status")).toContainText("fail2ban does not answer.");
});

test("who is banned is unbanned first, and no jail is chosen for another ban", async ({ page }) => {
  await mockApi(page, {
    "GET /api/addresses/": addressOf({ active: [own] }),
    "GET /api/bans": () => ({ body: { items: [own], next: null } }),
  });
  await page.goto(`/address/${IP}`);
  await expect(page.getByText(`${IP} is banned in sshd.`)).toBeVisible();
  await expect(page.getByRole("button", { name: "Unban from sshd", exact: true })).toHaveClass("primary");
  const ban = banForm(page).getByRole("button", { name: "Ban", exact: true });
  await expect(ban).not.toHaveClass("primary");
  const jail = banForm(page).getByLabel("Jail");
  await expect(jail).toHaveValue("");
  await expect(jail.getByRole("option")).toHaveText(["Choose a jail", "nginx", "postfix"]);
  await ban.click();
  // The browser asks for a choice; nothing was sent.
  await expect(jail).toBeFocused();
});

test("who is not banned can be banned first, in a jail that has to be chosen", async ({ page }) => {
  const sent: unknown[] = [];
  await mockApi(page, {
    "GET /api/addresses/": addressOf(NEVER_BANNED),
    "GET /api/bans": () => ({ body: { items: [], next: null } }),
    "POST /api/bans": (_, route) => {
      sent.push(route.request().postDataJSON());
      return { status: 201, body: { ip: IP, jails: ["postfix"], newly_banned: true, ban: null } };
    },
  });
  await page.goto(`/address/${IP}`);
  await expect(page.getByText(`${IP} is not banned.`)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Unban/ })).toHaveCount(0);
  const ban = banForm(page).getByRole("button", { name: "Ban", exact: true });
  await expect(ban).toHaveClass("primary");
  await banForm(page).getByLabel("Jail").selectOption("postfix");
  await ban.click();
  await expect.poll(() => sent).toEqual([{ ip: IP, jail: "postfix" }]);
});

for (const [name, size] of [
  ["desktop", DESK],
  ["phone", PHONE],
] as const) {
  test(`an address says that it is on the allowlist, and leaves it again, ${name}`, async ({ page }) => {
    await page.setViewportSize(size);
    const entry: AllowEntry = {
      ...{ id: 3, address: IP, jail: null, note: "the monitoring", by: "admin", created_at: at(-60), until: null },
    };
    let entries = [entry];
    const own = [{ jail: "sshd", entries: ["203.0.113.0/24"] }];
    await mockApi(page, {
      "GET /api/addresses/": addressOf(NEVER_BANNED),
      "GET /api/bans": () => ({ body: { items: [], next: null } }),
      "GET /api/allowlist/check": () => ({ body: { address: IP, allowed: true, entries, own } }),
      "DELETE /api/allowlist/": () => {
        entries = [];
        return { body: { entry, pending: null, lifted: 0, still_banned: [] } };
      },
    });
    await page.goto(`/address/${IP}`);
    const allowed = page.getByRole("list", { name: `What allows ${IP}` }).getByRole("listitem");
    await expect(allowed).toHaveCount(2);
    await expect(allowed.nth(0)).toContainText("On the allowlist in every jail, for ever, by admin.");
    await expect(allowed.nth(0)).toContainText("the monitoring");
    await expect(allowed.nth(1)).toContainText("Ignored in sshd by its configuration (203.0.113.0/24).");
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.getByRole("button", { name: `Remove ${IP} from the allowlist` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove it" }).click();
    await expect(page.getByText(`${IP} is no longer on the allowlist.`)).toBeVisible();
    await expect(allowed).toHaveCount(1);
    // The drawer of an event tells the same.
    await page.goto("/history");
    await grid(page).getByRole("row").nth(1).click({ position: { x: 5, y: 8 } });
    await expect(drawer(page).getByText("Ignored in sshd by its configuration")).toBeVisible();
  });
}

test("who is banned as a part of a network is not asked to be banned first, on its page as in the drawer", async ({ page }) => {
  const network = { ...own, ip: "203.0.113.0/24" };
  await mockApi(page, {
    "GET /api/addresses/": addressOf({ active: [network] }),
    "GET /api/bans": () => ({ body: { items: [network], next: null } }),
  });
  await page.goto(`/address/${IP}`);
  await expect(page.getByText(`${IP} is banned as part of 203.0.113.0/24 in sshd.`)).toBeVisible();
  await expect(banForm(page).getByRole("button", { name: "Ban", exact: true })).not.toHaveClass("primary");
  await page.goto("/history");
  await grid(page).getByRole("row").nth(1).click({ position: { x: 5, y: 8 } });
  await expect(drawer(page).getByText("as part of")).toBeVisible();
  await expect(drawer(page).getByRole("button", { name: "Ban", exact: true })).not.toHaveClass("primary");
});

test("an address under attack is told of, however fast its events come", async ({ page }) => {
  await mockApi(page, { "GET /api/bans": () => ({ body: { items: [own], next: null } }) });
  let asked = 0;
  await page.route("**/api/addresses/**", async (route) => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.fulfill({ json: addressAnswer(new URL(route.request().url())).body });
  });
  await page.goto("/address/203.0.113.0%2F24");
  const event = { ...PLACED[0], kind: "ban", ip: IP };
  await page.evaluate((data) => {
    setInterval(() => window.fakeStream.write(`event: ban\ndata: ${data}\n\n`), 20);
  }, JSON.stringify(event));
  await expect(page.getByText("203.0.113.0/24 is banned in sshd.")).toBeVisible();
  const before = asked;
  await expect.poll(() => asked).toBeGreaterThan(before + 1);
  // Each is answered before the next is asked, and there is a pause between them: 50 events a second make no 50 calls.
  const began = Date.now();
  const from = asked;
  await expect.poll(() => asked).toBeGreaterThan(from + 1);
  expect((asked - from) / (Date.now() - began)).toBeLessThan(2 / 1_000);
});

test("a network's page counts what lies within it, as its chart and its list do", async ({ page }) => {
  await mockApi(page, { "GET /api/addresses/": addressOf({ bans: 870, within: 42, around: 3 }) });
  await page.goto("/address/203.0.113.0/24");
  await expect(page.getByText("none seen")).toHaveCount(0);
  await expect(page.locator(".facts").first()).toContainText(
    "Bans873: 870 of 42 addresses or networks within it, and 3 of networks around it",
  );
  await expect(page.getByText("without 3 bans of networks around it")).toBeVisible();
  // The list behind it has those of networks around it too.
  await expect(page.getByRole("link", { name: "873" })).toHaveAttribute("href", /q=ip%3A203\.0\.113\.0%2F24\+kind%3Aban&since=all$/);
  await expect(page.getByRole("heading", { name: "Within it" })).toBeVisible();
});

test("what is not known is not called nought, and each jail's bans grow by themselves", async ({ page }) => {
  await mockApi(page);
  await page.goto(`/address/${IP}`);
  const jails = page.getByRole("table", { name: `Bans of ${IP} by jail` });
  const nginx = jails.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "nginx" }) });
  await expect(nginx.locator(".col-failures")).toHaveText("–");
  await page.goto("/");
  const offenders = page.getByRole("table", { name: "Addresses that were banned more than once" });
  const second = offenders.getByRole("row").nth(2);
  await expect(second.getByRole("listitem")).toHaveText([/^nginx 10 min → permanent/, /^sshd 2 w/]);
  await expect(second).not.toContainText("2 w →");
  // What is laid out there as a line is no cell of another table.
  await expect(second.getByRole("listitem").first()).toHaveCSS("display", "flex");
  await expect(page.locator(".table-jails .col-name").first()).toHaveCSS("display", "table-cell");
});

test("a silent jail is named as such on the overview and on its own page", async ({ page }) => {
  const silent = { currently_failed: 0, total_failed: 0, currently_banned: 0, total_banned: 0 };
  const quiet = { ...JAILS[0], ...silent, name: "sshd" };
  await mockApi(page, {
    "GET /api/jails": () => ({ body: { items: [quiet], next: null, observed_at: at(-1), online: true } }),
    "GET /api/jails/": () => ({ body: { ...SSHD, ...silent } }),
    "GET /api/bans": () => ({ body: { items: [], next: null } }),
  });
  await page.goto("/");
  await expect(page.getByText("1 jail has found nothing since fail2ban started")).toBeVisible();
  await page.getByRole("table", { name: "Jails and their counters" }).getByRole("link", { name: "sshd" }).click();
  const notice = page.getByText("This jail has found nothing since fail2ban started.");
  await expect(notice).toBeVisible();
  await expect(page.getByText("It reads /var/log/auth.log, /var/log/remote/auth.log.")).toBeVisible();
  await send(page, "jails", { items: [{ ...quiet, total_failed: 1 }], observed_at: at(2) });
  await expect(notice).toHaveCount(0);
});

test("what is banned and no address has no page that does not exist", async ({ page }) => {
  const named = { ...own, ip: "mallory@example" };
  await mockApi(page, { "GET /api/bans": () => ({ body: { items: [named], next: null } }) });
  await page.goto("/jails/sshd");
  await page.getByRole("link", { name: "mallory@example" }).click();
  await expect(page).toHaveURL(/\/search\?q=mallory%40example$/);
  await expect(page.getByRole("heading", { level: 1, name: "Search mallory@example" })).toBeVisible();
});
