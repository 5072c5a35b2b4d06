// Links and buttons are large enough for a finger, however short their numbers and however many stand below each other.

import { expect, test } from "@playwright/test";
import { expectLargeTargets } from "../axe.ts";
import { DESK, drawer, PHONE } from "./events-page.ts";
import { addressAnswer, eventsAnswer, numbered } from "./fixtures-history.ts";
import { timeline, top, totals } from "./fixtures-overview.ts";
import { BANS, JAILS } from "./fixtures.ts";
import { PLACES } from "./fixtures-system.ts";
import { mockApi } from "./mock-api.ts";
import { chart, drawn } from "./overview-page.ts";

const NAMES = ["a", "sshd", "nginx-limit-req", "recidive-of-everything-that-comes-back"];

/** Few bans of many: numbers of one digit. */
const FEW = {
  "GET /api/history/totals": (url: URL) => ({ body: { ...totals(url), bans: 7, addresses: 6, repeaters: 1 } }),
  "GET /api/history/timeline": (url: URL) => {
    const full = timeline(url);
    const series = full.series.map((each, index) => ({ ...each, counts: each.counts.map((_, at) => (at % 40 === index ? 1 : 0)) }));
    return { body: { ...full, series, others: full.others.map((_, at) => (at === 3 ? 1 : 0)) } };
  },
  "GET /api/history/top": (url: URL) => {
    const full = top(url);
    return { body: { ...full, rows: full.rows.map((row) => ({ ...row, bans: 1, before: 0 })) } };
  },
  "GET /api/jails": () => ({
    body: { items: NAMES.map((name) => ({ ...JAILS[0], name, total_failed: 0, total_banned: 0 })), next: null, online: true },
  }),
  "GET /api/places": () => ({
    body: {
      ...PLACES,
      sources: ["A", "Example Places"].map((text) => ({
        ...PLACES.sources[0],
        attribution: { text, url: `https://places.example/${text.length}` },
      })),
    },
  }),
};

const crowd = (url: URL) => {
  const { body } = addressAnswer(url);
  const neighbours = Array.from({ length: 60 }, (_, index) => ({ ip: `203.0.113.${index}`, bans: 1 + (index % 3) }));
  const jails = NAMES.flatMap((jail) => body.jails.slice(0, 1).map((each) => ({ ...each, jail, bans: 1 })));
  const active = NAMES.flatMap((jail) => BANS.slice(0, 1).map((ban) => ({ ...ban, jail, ip: body.ip })));
  return { body: { ...body, neighbours, jails, active } };
};

for (const size of [{ ...PHONE, width: 360 }, DESK]) {
  test(`at ${size.width} px`, async ({ page }) => {
    await page.setViewportSize(size);
    await mockApi(page, {
      ...FEW,
      "GET /api/events": eventsAnswer(() => 60),
      "GET /api/addresses/": crowd,
      "GET /api/bans": () => ({ body: { items: BANS, next: null } }),
    });
    await page.goto("/");
    await drawn(page);
    await expect(page.getByRole("table", { name: "Addresses that were banned more than once" })).toBeVisible();
    await expectLargeTargets(page);
    await chart(page).press("Enter");
    await expect(page.locator(".tip-pinned")).toBeVisible();
    await expectLargeTargets(page);
    for (const table of ["Table of Bans over time", "Table of Where from"]) await page.getByRole("button", { name: table }).click();
    await expectLargeTargets(page);

    await page.goto("/address/203.0.113.0%2F24");
    await expect(page.getByRole("link", { name: "3 bans of 203.0.113.59" })).toBeVisible();
    await drawn(page);
    await expectLargeTargets(page);
    await page.goto(`/history?open=60-${Date.parse(numbered(60, 60).occurred_at)}`);
    await expect(drawer(page).getByRole("link", { name: "1 ban in sshd" })).toBeVisible();
    await expectLargeTargets(page);
    await page.keyboard.press("Escape");
    await expectLargeTargets(page);
  });
}
