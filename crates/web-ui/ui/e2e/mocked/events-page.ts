// The page of the history, for the specs about it: how it is opened, and what is on it.

import { expect, type Page } from "@playwright/test";
import { eventsAnswer, numbered } from "./fixtures-history.ts";
import { type Answers, mockApi } from "./mock-api.ts";

export const DESK = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 800 };

export const grid = (page: Page) => page.getByRole("grid", { name: "History of bans and unbans" });
export const rows = (page: Page) => grid(page).getByRole("rowheader");
/** The row of an event that is in sight; not a link in it. */
export const press = (page: Page, id: number, newest: number): Promise<void> =>
  grid(page)
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name: numbered(id, newest).ip, exact: true }) })
    .click({ position: { x: 5, y: 8 } });
export const drawer = (page: Page) => page.getByRole("dialog");

/** Opens the history with the events 1 to `newest`, of which there may be more later. */
export async function open(page: Page, newest: number, path = "/history", changes: Answers = {}) {
  const state = { newest, asked: 0 };
  const answer = eventsAnswer(() => state.newest);
  const answers = await mockApi(page, {
    "GET /api/events": (url) => {
      state.asked += 1;
      return answer(url);
    },
    ...changes,
  });
  await page.goto(path);
  await expect(rows(page).first()).toBeVisible();
  return { state, answers };
}

/** The numbers of the rows in the document, from `aria-rowindex`. */
export async function indexes(page: Page): Promise<number[]> {
  return grid(page)
    .locator(".grid-frame [role=row][aria-rowindex]")
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute("aria-rowindex"))));
}

/** The address in the row at the upper edge, below the head of the columns. */
export function topRow(page: Page): Promise<string> {
  return page.evaluate(() => {
    const head = document.querySelector(".grid-head")?.getBoundingClientRect();
    const edge = Math.max(0, head !== undefined && head.height > 5 ? head.bottom : 0);
    const rows = [...document.querySelectorAll(".grid-frame [role=row]")];
    const row = rows.find((row) => row.getBoundingClientRect().bottom > edge + 3);
    return row?.querySelector("[role=rowheader]")?.textContent ?? "";
  });
}
