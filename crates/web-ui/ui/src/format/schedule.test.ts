// Schedules in words, and when the next run is.

import { describe, expect, it } from "vitest";
import type { Schedule } from "../api/types.ts";
import { dueWords, scheduleExact, scheduleWords } from "./schedule.ts";

const every = (every_ms: number): Schedule => ({ kind: "every", every_ms });
const cron = (expression: string): Schedule => ({ kind: "cron", expression });

describe("scheduleWords", () => {
  it.each([
    [50, "every 50 ms"],
    [500, "every 0.5 s"],
    [1_000, "every 1 s"],
    [2_500, "every 2.5 s"],
    [30_000, "every 30 s"],
    [60_000, "every 1 min"],
    [90_000, "every 1 min 30 s"],
  ])("a pause of %d ms is %s", (ms, words) => {
    expect(scheduleWords(every(ms))).toBe(words);
  });

  it.each([
    ["0 7 * * * *", "hourly at :07"],
    ["0 0 * * * *", "hourly at :00"],
    ["30 17 * * * *", "hourly at :17:30"],
    ["30 */10 * * * *", "every 10 min"],
    ["0 */1 * * * *", "every 1 min"],
    ["0 5 3 * * *", "daily at 03:05 UTC"],
  ])("%s is %s", (expression, words) => {
    expect(scheduleWords(cron(expression))).toBe(words);
  });

  it.each(["0 17 3 * * MON", "* * * * * *", "0 */7 * * * *", "0 */0 * * * *", "0 7,37 * * * *", "0 7 * 1 * *", "7 * * * *", "", "@hourly"])(
    "%j is shown as it is",
    (expression) => {
      expect(scheduleWords(cron(expression))).toBe(`${expression} UTC`);
    },
  );

  it("is there to the letter as well", () => {
    expect(scheduleExact(cron("0 7 * * * *"))).toBe("0 7 * * * * UTC");
    expect(scheduleExact(every(500))).toBe("500 ms between two runs");
  });
});

describe("dueWords", () => {
  const NOW = Date.parse("2026-11-23T18:00:00Z");
  it.each([
    [every(30_000), 20, "in 20 s"],
    [cron("0 7 * * * *"), 300, "in 5 min"],
    [cron("0 7 * * * *"), 0, "due"],
    [cron("0 7 * * * *"), -45, "due"],
    [cron("0 7 * * * *"), -180, "overdue by 3 min"],
    [every(500), 0, "any moment"],
    [every(500), -5, "any moment"],
    [every(500), -180, "overdue by 3 min"],
  ])("%j in %d s is %s", (schedule, seconds, words) => {
    expect(dueWords(schedule, new Date(NOW + seconds * 1_000).toISOString(), NOW)).toBe(words);
  });

  it("shows what cannot be read as it is", () => {
    expect(dueWords(cron("0 7 * * * *"), "soon", NOW)).toBe("soon");
  });
});
