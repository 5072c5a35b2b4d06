// When a job is due, in words.

import type { Schedule } from "../api/types.ts";
import { duration } from "./duration.ts";
import { ago } from "./time.ts";

/** Below this the time of the next run is past before it is read. */
const MOMENT_MS = 10_000;
/** A queue is looked at now and then; a run that is not late by more than this is on time. */
const LATE_MS = 60_000;

const NUMBER = /^\d{1,2}$/;

/** "every 0.5 s", "hourly at :07"; an expression without short words for it as it is, with its time zone. */
export function scheduleWords(schedule: Schedule): string {
  if (schedule.kind === "every") return `every ${pause(schedule.every_ms)}`;
  return cronWords(schedule.expression) ?? rawCron(schedule.expression);
}

/** The schedule to the letter. */
export function scheduleExact(schedule: Schedule): string {
  return schedule.kind === "every" ? `${schedule.every_ms} ms between two runs` : rawCron(schedule.expression);
}

/** "in 5 min", "due", "any moment" for what runs all the time, or "overdue by 3 min" where nothing has begun it. */
export function dueWords(schedule: Schedule, at: string, now: number): string {
  const late = now - Date.parse(at);
  if (late > LATE_MS) return `overdue by ${duration(late / 1_000)}`;
  if (schedule.kind === "every" && schedule.every_ms < MOMENT_MS) return "any moment";
  return late >= 0 ? "due" : ago(at, now);
}

function pause(ms: number): string {
  if (ms < 100) return `${ms} ms`;
  return ms < 60_000 ? `${ms / 1_000} s` : duration(ms / 1_000);
}

/** Words for the few forms that jobs have: each hour, each few minutes, each day. */
function cronWords(expression: string): string | null {
  const fields = expression.trim().split(/\s+/);
  const [second = "", minute = "", hour = "", ...days] = fields;
  if (fields.length !== 6 || !NUMBER.test(second) || days.some((field) => field !== "*")) return null;
  const step = hour === "*" ? /^\*\/(\d{1,2})$/.exec(minute) : null;
  if (step !== null) return 60 % Number(step[1]) === 0 ? `every ${Number(step[1])} min` : null;
  if (!NUMBER.test(minute)) return null;
  const past = Number(second) === 0 ? two(minute) : `${two(minute)}:${two(second)}`;
  if (hour === "*") return `hourly at :${past}`;
  return NUMBER.test(hour) ? `daily at ${two(hour)}:${past} UTC` : null;
}

function rawCron(expression: string): string {
  return `${expression} UTC`;
}

function two(field: string): string {
  return field.padStart(2, "0");
}
