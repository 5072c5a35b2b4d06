// The history: any number of rows, live, by keyboard, and what opens at its side.

import { expect, type Page, test } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScroll } from "../axe.ts";
import { eventsAnswer, GAPS, HOSTILE, MATCHES, numbered } from "./fixtures-history.ts";
import { BANS } from "./fixtures.ts";
import { timeline } from "./fixtures-overview.ts";
import { type Answers, breakStream, mockApi, problem, send } from "./mock-api.ts";

const PHONE = { width: 390, height: 800 };

const grid = (page: Page) => page.getByRole("grid", { name: "History of bans and unbans" });
const rows = (page: Page) => grid(page).getByRole("rowheader");
/** The row of an event that is in sight; not a link in it. */
const press = (page: Page, id: number, newest: number): Promise<void> =>
  grid(page)
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name: numbered(id, newest).ip, exact: true }) })
    .click({ position: { x: 5, y: 8 } });
const drawer = (page: Page) => page.getByRole("dialog");

/** Opens the history with the events 1 to `newest`, of which there may be more later. */
async function open(page: Page, newest: number, path = "/events", changes: Answers = {}) {
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
async function indexes(page: Page): Promise<number[]> {
  return grid(page)
    .locator(".grid-frame [role=row][aria-rowindex]")
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute("aria-rowindex"))));
}

for (const [name, size, count] of [
  ["desktop", { width: 1280, height: 800 }, 100_000],
  ["phone", PHONE, 10_000],
] as const) {
  test(`${count} rows are scrolled to the end and back with as many in the document as ever, ${name}`, async ({ page }) => {
    test.slow();
    await page.setViewportSize(size);
    const { state } = await open(page, count);
    const most = await page.evaluate(async () => {
      const grid = document.querySelector(".event-grid") as HTMLElement;
      const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 0));
      let most = 0;
      const look = (): void => {
        most = Math.max(most, document.querySelectorAll("*").length);
      };
      while (grid.getAttribute("aria-rowcount") === "-1") {
        scrollTo(0, document.documentElement.scrollHeight);
        await pause();
        look();
      }
      return most;
    });
    expect(await grid(page).getAttribute("aria-rowcount")).toBe(String(count + 1));
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(page.getByText("End of the list")).toBeInViewport();
    await expect(rows(page).last()).toHaveText(numbered(1, count).ip);
    expect(most).toBeLessThan(1_500);
    const asked = state.asked;
    for (const part of [0.75, 0.5, 0.25]) {
      await page.evaluate((part) => scrollTo(0, part * document.documentElement.scrollHeight), part);
      await expect(grid(page).locator(".skeleton")).toHaveCount(0);
      const found = await indexes(page);
      expect(found).toEqual(found.map((_, at) => (found[0] ?? 0) + at));
      const id = count - ((found[0] ?? 0) - 2);
      await expect(rows(page).first()).toHaveText(numbered(id, count).ip);
      expect(await page.locator("*").count()).toBeLessThan(1_500);
    }
    expect(state.asked - asked).toBeLessThan(20);
    await page.evaluate(() => scrollTo(0, 0));
    await expect(rows(page).first()).toHaveText(numbered(count, count).ip);
  });
}

test("what one reads stays where it is while rows come in above it and lines wrap", async ({ page }) => {
  await page.setViewportSize(PHONE);
  const { state } = await open(page, 5_000);
  await page.evaluate(() => scrollTo(0, 6_000));
  await expect.poll(async () => (await indexes(page))[0]).toBeGreaterThan(20);
  await expect(grid(page).locator(".skeleton")).toHaveCount(0);
  const read = await page.evaluate(() => {
    const row = [...document.querySelectorAll(".grid-frame [role=row]")].find((row) => row.getBoundingClientRect().top > 200);
    return { text: row?.querySelector("[role=rowheader]")?.textContent ?? "", top: row?.getBoundingClientRect().top ?? 0 };
  });
  const topOf = (text: string) =>
    page.evaluate((text) => {
      const row = [...document.querySelectorAll(".grid-frame [role=row]")].find((row) => row.textContent?.includes(text));
      return row?.getBoundingClientRect().top ?? -1;
    }, text);
  state.newest += 30;
  await send(page, "ban", { ...numbered(state.newest, state.newest), id: state.newest }, state.newest);
  await expect(page.getByRole("button", { name: "30 new. Show them" })).toBeVisible();
  expect(Math.abs((await topOf(read.text)) - read.top)).toBeLessThan(2);
  await page.setViewportSize({ width: 1100, height: 800 });
  await page.setViewportSize(PHONE);
  await expect.poll(async () => Math.abs((await topOf(read.text)) - read.top)).toBeLessThan(60);
});

test("new events come in at the top by themselves, each once, also after a break", async ({ page }) => {
  const { state } = await open(page, 500);
  const happen = async (count: number): Promise<void> => {
    state.newest += count;
    const event = numbered(state.newest, state.newest);
    await send(page, "ban", event, event.id);
    await send(page, "ban", event, event.id);
  };
  await happen(1);
  await expect(rows(page).first()).toHaveText(numbered(501, 501).ip);
  await expect(page.locator(".grid-row.fresh")).toHaveCount(1);
  await breakStream(page, true);
  await expect(page.getByText("reconnecting")).toBeVisible();
  state.newest = 510;
  await page.evaluate(() => window.fakeStream.cut(false));
  await expect(rows(page).first()).toHaveText(numbered(510, 510).ip, { timeout: 30_000 });
  const shown = await rows(page).allTextContents();
  expect(shown).toEqual(shown.map((_, index) => numbered(510 - index, 510).ip));
});

test("held still, new events are counted and come in on request", async ({ page }) => {
  const { state } = await open(page, 500);
  await page.getByRole("button", { name: "Pause" }).click();
  state.newest = 503;
  await send(page, "ban", numbered(503, 503), 503);
  await expect(page.getByRole("button", { name: "3 new. Show them" })).toBeVisible();
  await expect(rows(page).first()).toHaveText(numbered(500, 500).ip);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(rows(page).first()).toHaveText(numbered(503, 503).ip);
  await page.evaluate(() => scrollTo(0, 3_000));
  await expect.poll(async () => (await indexes(page))[0]).toBeGreaterThan(20);
  state.newest = 900;
  await send(page, "ban", numbered(900, 900), 900);
  await page.getByRole("button", { name: "200+ new. Show them" }).click();
  await expect(rows(page).first()).toHaveText(numbered(900, 900).ip);
  await expect(rows(page).first()).toBeInViewport();
});

test("a flood of thousands a minute neither stalls the page nor asks without end", async ({ page }) => {
  const { state } = await open(page, 1_000);
  const template = numbered(1, 1);
  const before = state.asked;
  const longest = await page.evaluate(async (template) => {
    let longest = 0;
    let last = performance.now();
    let going = true;
    const beat = (): void => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      if (going) requestAnimationFrame(beat);
    };
    requestAnimationFrame(beat);
    for (let burst = 0, id = 1_001; burst < 60; burst += 1) {
      for (let count = 0; count < 50; count += 1, id += 1) {
        window.fakeStream.write(`event: ban\nid: ${id}\ndata: ${JSON.stringify({ ...template, id })}\n\n`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    going = false;
    return longest;
  }, template);
  expect(longest).toBeLessThan(2_000);
  expect(state.asked - before).toBeLessThan(30);
  state.newest = 4_000;
  await send(page, "ban", numbered(4_000, 4_000), 4_000);
  await expect(rows(page).first()).toHaveText(numbered(4_000, 4_000).ip);
  await page.getByRole("link", { name: "System", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "System" })).toBeVisible();
});

test("by keyboard alone: through the rows, into one, and back to it", async ({ page }) => {
  await open(page, 1_000);
  await page.getByText("Export", { exact: true }).focus();
  await page.keyboard.press("Tab");
  await expect(grid(page)).toBeFocused();
  const active = () => grid(page).getAttribute("aria-activedescendant");
  await page.keyboard.press("ArrowDown");
  expect(await active()).toBe("event-row-1");
  await page.keyboard.press("PageDown");
  const index = Number((await active())?.replace("event-row-", ""));
  expect(index).toBeGreaterThan(10);
  await expect(page.locator(`#event-row-${index}`)).toBeInViewport();
  await page.keyboard.press("End");
  await expect.poll(async () => Number((await active())?.replace("event-row-", ""))).toBeGreaterThan(150);
  await page.keyboard.press("Home");
  await expect.poll(active).toBe("event-row-0");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const ip = numbered(998, 1_000).ip;
  await expect(drawer(page)).toHaveAccessibleName(`Ban of ${ip}`);
  await expect(page).toHaveURL(/open=998-\d+/);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(drawer(page)).toHaveCount(0);
  await expect(page).not.toHaveURL(/open=/);
  await expect(grid(page)).toBeFocused();
  expect(await active()).toBe("event-row-2");
});

test("an event opens with its lines, its place and its address, and is unbanned and banned elsewhere", async ({ page }) => {
  const bodies: unknown[] = [];
  await open(page, 1_000, "/events?q=jail:sshd", {
    "POST /api/bans": (_url, route) => {
      bodies.push(route.request().postDataJSON());
      return { status: 201, body: { ip: "203.0.113.236", jails: ["nginx", "sshd"], newly_banned: true, ban: null } };
    },
    "DELETE /api/bans/": () => ({ body: { ip: "203.0.113.236", unbanned: 1, jails: [] } }),
  });
  await press(page, 998, 1_000);
  const ip = numbered(998, 1_000).ip;
  await expect(drawer(page).getByText(MATCHES.lines[0] ?? "")).toBeVisible();
  await expect(drawer(page).getByText("Brazil")).toBeVisible();
  await expect(drawer(page).getByRole("link", { name: "17 bans" })).toHaveAttribute(
    "href",
    /\/events\?q=ip%3A.*\+kind%3Aban&since=all/,
  );
  await drawer(page).getByRole("button", { name: "Older" }).click();
  await expect(drawer(page)).not.toHaveAccessibleName(`Ban of ${ip}`);
  await drawer(page).getByRole("button", { name: "Newer" }).click();
  await expect(drawer(page)).toHaveAccessibleName(`Ban of ${ip}`);
  await drawer(page).getByLabel("Jail", { exact: true }).selectOption("nginx");
  await drawer(page).getByRole("button", { name: "Ban", exact: true }).click();
  await expect(page.getByText("is banned in nginx.")).toBeVisible();
  expect(bodies).toEqual([{ ip, jail: "nginx" }]);
  await drawer(page).getByRole("button", { name: `Unban ${ip} from sshd` }).click();
  const question = page.getByRole("dialog", { name: `Unban ${ip}?` });
  await question.getByRole("button", { name: "Unban from sshd" }).click();
  await expect(question).toHaveCount(0);
  await expect(drawer(page).getByRole("heading", { name: "Banned now" })).toBeFocused();
  await page.goBack();
  await expect(drawer(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/events\?q=jail%3Asshd$|\/events\?q=jail:sshd$/);
});

test("a link to an open event shows it, wherever it is, and closing it stays on the page", async ({ page }) => {
  const event = numbered(40, 1_000);
  const { answers } = await open(page, 1_000, `/events?open=40-${Date.parse(event.occurred_at)}`);
  await expect(drawer(page)).toHaveAccessibleName(`Ban of ${event.ip}`);
  await expect(drawer(page).getByRole("button", { name: "Older" })).toBeDisabled();
  await drawer(page).getByRole("button", { name: "Close" }).click();
  await expect(page).toHaveURL(/\/events$/);
  answers["GET /api/bans/"] = () => problem(404, "matches_not_found", "No lines are kept.");
  await press(page, 997, 1_000);
  await expect(drawer(page).getByText("No log lines are kept for this ban.")).toBeVisible();
  await page.goto("/events?open=5000-1");
  await expect(page.getByText("The event that this link opens is not in the history")).toBeVisible();
});

for (const [name, size] of [
  ["desktop", { width: 1280, height: 800 }],
  ["phone", PHONE],
] as const) {
  test(`hostile log lines are shown, and do nothing, ${name}`, async ({ page }) => {
    await page.setViewportSize(size);
    const event = numbered(300, 300);
    await open(page, 300, `/events?open=300-${Date.parse(event.occurred_at)}`, { "GET /api/bans/": () => ({ body: HOSTILE }) });
    const lines = page.getByRole("list", { name: "Matched log lines" }).getByRole("listitem");
    await expect(lines).toHaveCount(HOSTILE.lines.length);
    await expect(lines.nth(0)).toContainText("<script>window.hacked = true</script><img");
    expect(await page.evaluate(() => "hacked" in window)).toBe(false);
    await expect(lines.nth(1)).toContainText("U+001B[31mredU+001B[0m U+0007bellU+0000 ×3 nul");
    await expect(lines.nth(2)).toHaveText("user=U+202Egnp.exeU+202C from U+2066203.0.113.7U+2069 U+200Bhidden");
    expect(await lines.nth(2).locator("code").evaluate((code) => getComputedStyle(code).unicodeBidi)).toBe("isolate");
    await expect(lines.nth(6).locator("code")).toHaveText(`${"A".repeat(600)}…`);
    await lines.nth(6).getByRole("button", { name: "The first 20,000 characters" }).click();
    await expect(lines.nth(6).locator("code")).toHaveText(`${"A".repeat(20_000)}…`);
    await expect(lines.nth(6)).toContainText("1,048,576 characters");
    const { inner, outer } = await drawer(page).evaluate((drawer) => ({
      inner: drawer.scrollWidth,
      outer: drawer.clientWidth,
    }));
    expect(inner).toBeLessThanOrEqual(outer);
    await lines.nth(6).getByRole("button", { name: "Less of the line" }).click();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
}

test("gaps stand where they belong, and are not taken for peace", async ({ page }) => {
  await open(page, 300, "/events", { "GET /api/history/timeline": (url) => ({ body: { ...timeline(url), gaps: GAPS } }) });
  const all = grid(page).getByRole("row");
  await expect(all.filter({ hasText: "fail2ban away for 25 s" })).toHaveCount(1);
  const texts = await all.allTextContents();
  const away = texts.findIndex((text) => text.startsWith("fail2ban away"));
  expect(texts[away - 1]).toContain(numbered(290, 300).ip);
  expect(texts[away + 1]).toContain(numbered(289, 300).ip);
  expect(texts.findIndex((text) => text.startsWith("not watched for 25 s")) - away).toBe(11);
  await expectAccessible(page);
});

test("columns are chosen, kept, and make cards where they have no room", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await open(page, 300);
  const heads = () => grid(page).getByRole("columnheader").allTextContents();
  expect(await heads()).toEqual(["When", "What", "Address", "Country", "Jail", "For", "Origin"]);
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Network" }).check();
  await page.getByRole("checkbox", { name: "Origin" }).uncheck();
  await expect(page.getByRole("checkbox", { name: "Address" })).toBeDisabled();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByText("Columns", { exact: true })).toBeFocused();
  await page.reload();
  await expect(rows(page).first()).toBeVisible();
  expect(await heads()).toEqual(["When", "What", "Address", "Country", "Network", "Jail", "For"]);
  await expect(page.locator(".event-grid.cards")).toHaveCount(0);
  await page.setViewportSize({ width: 640, height: 800 });
  await expect(page.locator(".event-grid.cards")).toHaveCount(1);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("button", { name: "As usual" }).click();
  expect(await heads()).toHaveLength(7);
});

test("the list begins at a time, is exported as it is filtered, and goes back to the newest", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const { state } = await open(page, 300, "/events?q=jail:sshd");
  const exported = await page.locator("a[download]").first().getAttribute("href");
  expect(new URL(exported ?? "", "http://x").searchParams.get("q")).toBe("jail:sshd");
  expect(exported).toContain("format=csv");
  await page.getByText("Go to time").click();
  const moment = new Date(Date.parse(numbered(200, 300).occurred_at));
  moment.setSeconds(0, 0);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  await page.getByLabel("Events before").fill(local);
  await page.getByRole("button", { name: "Go", exact: true }).click();
  await expect(page).toHaveURL(/from=/);
  await expect(page.getByLabel("Events before")).toBeHidden();
  await expect(page.getByText("not live: the time has an end")).toBeVisible();
  await expect(rows(page).first()).toHaveText(/203\.0\.113\.|2001:/);
  const first = await rows(page).first().textContent();
  expect([199, 198].map((id) => numbered(id, 300).ip)).toContain(first);
  state.newest = 300;
  await page.getByRole("link", { name: "To the newest" }).click();
  await expect(rows(page).first()).toHaveText(numbered(300, 300).ip);
});

test("an error of the query is said at the box; another one can be tried again; so can one further down", async ({ page }) => {
  const { answers } = await open(page, 1_000);
  const works = answers["GET /api/events"];
  const fields = [{ field: "q", message: "at character 1: there is no jail:jial" }];
  answers["GET /api/events"] = () => problem(400, "invalid", "Invalid.", { fields });
  const box = page.getByRole("combobox", { name: "Filter" });
  await box.fill("jial:sshd");
  await box.press("Escape");
  await box.press("Enter");
  await expect(box).toHaveAccessibleDescription("at character 1: there is no jail:jial");
  await expect(page).toHaveURL(/q=jial%3Asshd/);
  await expectAccessible(page);
  answers["GET /api/events"] = () => problem(503, "database_unavailable", "The database is out of reach.");
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page.getByText("The history could not be loaded.")).toBeVisible();
  if (works !== undefined) answers["GET /api/events"] = works;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows(page).first()).toBeVisible();
  answers["GET /api/events"] = () => null;
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await expect(page.getByText("More could not be loaded.")).toBeVisible();
  if (works !== undefined) answers["GET /api/events"] = works;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("More could not be loaded.")).toHaveCount(0);
});

test("filters are typed with completions, taken away as chips, and stand in the address", async ({ page }) => {
  await open(page, 300);
  const box = page.getByRole("combobox", { name: "Filter" });
  await box.click();
  await expect(page.getByRole("option", { name: /^jail:/ })).toBeVisible();
  await page.keyboard.type("ja");
  await expect(page.getByRole("listbox", { name: "Completions" }).getByRole("option")).toHaveCount(1);
  await page.keyboard.press("ArrowDown");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: "sshd" }).click();
  await expect(page).toHaveURL(/\/events\?q=jail%3Asshd$/);
  await page.getByRole("combobox", { name: "Time" }).selectOption("30d");
  await expect(page).toHaveURL(/since=30d/);
  await page.getByRole("button", { name: "Remove jail:sshd" }).click();
  await expect(page).toHaveURL(/\/events\?since=30d$/);
  await page.goBack();
  await expect(box).toHaveValue("jail:sshd");
  await page.getByRole("searchbox", { name: "Search" }).fill("jail:nginx since:2d");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/events\?q=jail%3Anginx\+since%3A2d$/);
  await expect(page.getByRole("combobox", { name: "Time" })).toHaveValue("typed");
});

test("an address's page tells all of it, and each number leads to the rows behind it", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const answer = eventsAnswer(() => 300);
  await mockApi(page, {
    "GET /api/events": answer,
    "GET /api/bans": () => ({ body: { items: BANS.slice(0, 1), next: null } }),
  });
  await page.goto("/search?q=203.0.113.7");
  await expect(page.getByRole("heading", { level: 1, name: "Address 203.0.113.7" })).toBeVisible();
  await expect(page.getByText("scan-7.example.net")).toBeVisible();
  await expect(page.getByText("203.0.113.7 is banned in sshd.")).toBeVisible();
  const jails = page.getByRole("table", { name: "Bans of 203.0.113.7 by jail" });
  await expect(jails.getByRole("row", { name: /^sshd 12 bans in sshd 71 1 w 12/ })).toBeVisible();
  await expect(page.getByText(MATCHES.lines[0] ?? "")).toBeVisible();
  await expect(page.getByRole("link", { name: "31 bans of 203.0.113.8" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Bans over time" })).toBeVisible();
  await expect(page.locator(".bars").first()).toBeAttached();
  const history = page.getByRole("grid", { name: "History of 203.0.113.7" });
  await history.getByRole("row").nth(2).click({ position: { x: 5, y: 5 } });
  await expect(drawer(page)).toBeVisible();
  await expect(page).toHaveURL(/\/address\/203\.0\.113\.7\?open=/);
  await page.keyboard.press("Escape");
  await jails.getByRole("link", { name: "12 bans in sshd" }).click();
  await expect(page).toHaveURL(/\/events\?q=ip%3A203\.0\.113\.7\+jail%3Asshd\+kind%3Aban&since=all$/);
  await page.goBack();
  await page.getByRole("link", { name: "203.0.113.8", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Address 203.0.113.8" })).toBeFocused();
});
