// Asks axe for what it finds serious, in both colour schemes.

import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const LEVELS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
/** What colours decide: nothing else changes with the scheme. */
const OF_COLOUR = ["color-contrast", "link-in-text-block"];

/** Tells violations alone, and in the page itself: the other mode opens a second page each time, for frames of other sites. */
function axeOn(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
}

/** Fails where the page, as it is now, or a part of it, has a serious or critical violation of WCAG 2 A or AA. */
export async function expectAccessible(page: Page, part = "html"): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const axe = axeOn(page).include(part);
    const { violations } = await (colorScheme === "light" ? axe.withTags(LEVELS) : axe.withRules(OF_COLOUR)).analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([]);
  }
}

/** Fails where something to press is smaller than WCAG 2.2 asks for, and too near to something else. */
export async function expectLargeTargets(page: Page): Promise<void> {
  const { violations } = await axeOn(page).withRules(["target-size"]).analyze();
  const small = violations.flatMap(({ nodes }) => nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`));
  expect(small, `${page.url()} at ${page.viewportSize()?.width} px`).toEqual([]);
}

/** Fails where the page stays wider than its window: charts take their new width a frame after the window has. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const tooWide = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(tooWide, `${page.url()} is wider than its window`).toBeLessThanOrEqual(0);
}
