// The allowlist: its page, and the way to it from an event and an address.

import { expect, type Page, test } from "@playwright/test";
import type { Allow, AllowEntry, AllowList } from "../../src/api/types.ts";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import { DESK, drawer } from "./events-page.ts";
import { at } from "./fixtures.ts";
import { type Answers, mockApi } from "./mock-api.ts";

const OFFICE: AllowEntry = {
  id: 1,
  address: "198.51.100.0/24",
  jail: null,
  note: "the office, and a long word: antidisestablishmentarianism-".repeat(3),
  by: "alice",
  created_at: at(-9_000),
  until: null,
};

const PROBE: AllowEntry = { ...OFFICE, id: 2, address: "2001:db8:1:2:3:4:5:6", jail: "sshd", note: null, until: at(7_200) };

/** An API that keeps what it is told. */
function keeping(items: AllowEntry[]): { answers: Answers; sent: Allow[] } {
  const sent: Allow[] = [];
  const own = [{ jail: "sshd", entries: ["127.0.0.0/8", "::1", "gateway.example"] }];
  const list: AllowList = { items, next: null, most: 1_000, own };
  const done = (entry: AllowEntry, lifted: number) => ({ entry, pending: null, lifted, still_banned: [] });
  return {
    sent,
    answers: {
      "GET /api/allowlist": () => ({ body: list }),
      "GET /api/allowlist/check": (url) => ({
        body: { address: url.searchParams.get("address"), allowed: false, entries: [], own: [] },
      }),
      "POST /api/allowlist": (_, route) => {
        const body = route.request().postDataJSON() as Allow;
        sent.push(body);
        const { jail = null, note = null, until = null } = body;
        const entry = { ...OFFICE, id: 9, address: body.address, jail, note, until };
        list.items = [entry, ...list.items];
        return { status: 201, body: done(entry, 1) };
      },
      "DELETE /api/allowlist/": () => ({ body: done(list.items.shift() ?? OFFICE, 0) }),
    },
  };
}

const dialog = (page: Page) => page.getByRole("dialog", { name: /^(Allow|Remove)/ });

test("entries are listed, made by keyboard and removed, also on a phone and in the dark", async ({ page }) => {
  const { answers, sent } = keeping([PROBE, OFFICE]);
  await mockApi(page, answers);
  await page.goto("/");
  await page.getByRole("navigation").getByRole("link", { name: "Allowlist" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Allowlist" })).toBeFocused();
  await expect(page).toHaveTitle("Allowlist · BanGUI");
  const rows = page.getByRole("table", { name: "Allowed addresses" }).getByRole("row");
  await expect(rows.nth(2)).toContainText("every jail");
  await expect(page.getByText("gateway.example")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Allow an address" }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByLabel("Address or network")).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.type("203.0.113.9");
  await dialog(page).getByLabel("For how long").selectOption("a week");
  await page.keyboard.press("Enter");
  await expect(page.getByText("203.0.113.9 is allowed in every jail. 1 ban lifted.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Never banned" })).toBeFocused();
  expect(sent).toEqual([{ address: "203.0.113.9", until: expect.any(String) }]);
  await expect(rows.nth(1)).toContainText("203.0.113.9");

  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 320, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Remove 203.0.113.9" }).click();
  await dialog(page).getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByText("203.0.113.9 is no longer on the allowlist.")).toBeVisible();
  await expect(rows).toHaveCount(3);
});

test("an address is allowed from its event and from its page, with the network around it", async ({ page }) => {
  await page.setViewportSize(DESK);
  const { answers, sent } = keeping([]);
  await mockApi(page, answers);
  await page.goto("/history");
  await page.getByRole("grid").getByRole("row").nth(1).click({ position: { x: 5, y: 5 } });
  await drawer(page).getByRole("button", { name: "Allow…" }).click();
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Allow", exact: true }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(drawer(page)).toBeVisible();

  await page.goto("/address/203.0.113.7");
  await page.getByRole("button", { name: "Allow…" }).click();
  await dialog(page).getByLabel("What").selectOption("Its network 203.0.113.0/24");
  await dialog(page).getByLabel("Where").selectOption("sshd");
  await dialog(page).getByRole("button", { name: "Allow", exact: true }).click();
  await expect(page.getByText("203.0.113.0/24 is allowed in sshd.")).toBeVisible();
  expect(sent.at(-1)).toEqual({ address: "203.0.113.0/24", jail: "sshd" });
});
