// What the runs of a job amount to.

import { describe, expect, it } from "vitest";
import type { RunState } from "../../api/types.ts";
import { moment } from "../../testing/events.ts";
import { job, jobRun } from "../../testing/jobs.ts";
import { attemptWords, follow, hasFailed, isOver, lastRun, triggerWords } from "./runs.ts";

const waiting = { state: "waiting", started_at: null, duration_ms: null, attempts: 0 } as const;

describe("lastRun", () => {
  it("is the newest that has begun: one that waits says nothing of how it goes", () => {
    const failed = jobRun("a", 0, { state: "failed", error: "disk full", attempts: 3 });
    const last = lastRun(job("x", { runs: [jobRun("b", 60, waiting), failed] }));
    expect(last).toEqual({ state: "failed", startedAt: moment(1), durationMs: 3, error: "disk full" });
  });

  it("does not hold an earlier try against a run that went well", () => {
    const last = lastRun(job("x", { runs: [jobRun("a", 0, { attempts: 2, error: "busy" })] }));
    expect(last).toMatchObject({ state: "done", error: null });
  });

  it("shows one that is at it, and one that is tried again with its error", () => {
    const running = jobRun("a", 0, { state: "running", duration_ms: null });
    expect(lastRun(job("x", { runs: [running] }))).toMatchObject({ state: "running", durationMs: null });
    const retrying = jobRun("a", 0, { state: "retrying", error: "busy" });
    expect(lastRun(job("x", { runs: [retrying] }))).toMatchObject({ state: "retrying", error: "busy" });
  });

  it("takes the count of a job that is not queued, unless it was run by hand since", () => {
    const pulse = { started_at: moment(30), duration_ms: 5, error: "no answer" };
    const tally = { since: moment(0), runs: 9, failed: 1, last: pulse, last_failure: pulse };
    expect(lastRun(job("x", { tally }))).toMatchObject({ state: "failed", error: "no answer", startedAt: moment(30) });
    const byHand = jobRun("a", 60);
    expect(lastRun(job("x", { tally, runs: [byHand] }))).toMatchObject({ state: "done", startedAt: moment(61) });
    expect(lastRun(job("x", { tally, runs: [jobRun("a", 0)] }))?.state).toBe("failed");
  });

  it("is nothing before the first", () => {
    expect(lastRun(job("x"))).toBeNull();
    expect(lastRun(job("x", { runs: [jobRun("a", 0, waiting)] }))).toBeNull();
  });
});

describe("states", () => {
  const states: RunState[] = ["waiting", "running", "done", "retrying", "failed"];

  it("are over, or to be waited for", () => {
    expect(states.filter(isOver)).toEqual(["done", "failed"]);
    expect(states.filter(hasFailed)).toEqual(["retrying", "failed"]);
  });
});

describe("follow", () => {
  const asked = jobRun("a", 0, waiting);

  it("finds the run again by its number", () => {
    const now = jobRun("a", 0, { state: "running" });
    expect(follow([job("y"), job("x", { pending: 1, runs: [jobRun("b", 9), now] })], "x", asked)).toBe(now);
  });

  it("goes on waiting for what is not listed while something is pending", () => {
    expect(follow([job("x", { pending: 1 })], "x", asked)).toBe(asked);
    expect(follow([job("x", { pending: 1 })], "x", { ...asked, id: null })).toMatchObject({ state: "waiting" });
  });

  it("is over when it is listed no more and nothing is pending, or the job is gone", () => {
    expect(follow([job("x", { runs: [jobRun("b", 9)] })], "x", asked)).toBeNull();
    expect(follow([], "x", asked)).toBeNull();
  });
});

describe("words", () => {
  it("say who started it, and how many tries it had", () => {
    expect(triggerWords({ trigger: "schedule", by: null })).toBe("schedule");
    expect(triggerWords({ trigger: "manual", by: "alice" })).toBe("alice");
    expect(triggerWords({ trigger: "manual", by: null })).toBe("hand");
    expect(attemptWords({ attempts: 2, max_attempts: 3 })).toBe("2 of 3");
  });
});
