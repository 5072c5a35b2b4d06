// The bars of the overview, for its specs.

import { expect, type Page } from "@playwright/test";

export const chart = (page: Page) => page.getByRole("slider", { name: "Bans over time" });

export const drawn = (page: Page) => expect(page.locator(".bars").first()).toBeAttached();

/** Where in the window a part of the chart is. */
export async function spot(page: Page, part: number): Promise<{ x: number; y: number }> {
  await chart(page).scrollIntoViewIfNeeded();
  const box = await chart(page).boundingBox();
  if (box === null) throw new Error("the chart is not there");
  return { x: box.x + box.width * part, y: box.y + box.height / 2 };
}
