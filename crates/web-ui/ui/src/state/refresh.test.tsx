// Refreshing: how long the pause is, and that nothing is asked while nobody looks.

import { act, cleanup, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem, Unreachable } from "../api/problem.ts";
import { BUSY_MS, CALM_MS, nextLoad, useRefresh } from "./refresh.ts";
import { useResource } from "./resource.ts";

const STEP_MS = 50;

describe("nextLoad", () => {
  const seen = { visible: true, loading: false, every: CALM_MS, passed: 0, error: null };

  it("waits for what is left of the pause", () => {
    expect(nextLoad(seen)).toBe(5_000);
    expect(nextLoad({ ...seen, passed: 3_500 })).toBe(1_500);
    expect(nextLoad({ ...seen, every: BUSY_MS, passed: 3_500 })).toBe(0);
  });

  it("does nothing while hidden, or while an answer is on its way", () => {
    expect(nextLoad({ ...seen, visible: false })).toBeNull();
    expect(nextLoad({ ...seen, loading: true })).toBeNull();
  });

  it("is calm after a failure, and heeds how long the server asks to wait", () => {
    expect(nextLoad({ ...seen, every: BUSY_MS, error: new Unreachable(null) })).toBe(CALM_MS);
    expect(nextLoad({ ...seen, every: BUSY_MS, error: new Problem(503, {}, 20) })).toBe(20_000);
    expect(nextLoad({ ...seen, error: new Problem(503, {}, 1) })).toBe(CALM_MS);
  });
});

describe("useRefresh", () => {
  let visibility: DocumentVisibilityState;
  let asked: number;
  let answer: () => Promise<object>;

  beforeEach(() => {
    vi.useFakeTimers();
    visibility = "visible";
    asked = 0;
    answer = async () => ({});
    vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
  });

  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });

  function Watched({ every }: { every: number }) {
    const resource = useResource("x", () => {
      asked += 1;
      return answer();
    });
    useRefresh(resource, every);
    const { value, error, asOf } = resource;
    return <p data-testid="value">{[value, error, asOf].map((part) => part !== null).join(" ")}</p>;
  }

  /** In small steps: `act` draws at its end only. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await act(async () => void (await vi.advanceTimersByTimeAsync(STEP_MS)));
    }
  };
  const show = (state: DocumentVisibilityState): Promise<void> => {
    visibility = state;
    document.dispatchEvent(new Event("visibilitychange"));
    return pass(4 * STEP_MS);
  };

  it("asks again after each answer, and more often on request", async () => {
    const { rerender } = render(<Watched every={CALM_MS} />);
    await pass(100);
    expect(asked).toBe(1);
    await pass(2 * CALM_MS + 8 * STEP_MS);
    expect(asked).toBe(3);
    rerender(<Watched every={BUSY_MS} />);
    await pass(3 * BUSY_MS + 8 * STEP_MS);
    expect(asked).toBeGreaterThanOrEqual(5);
  });

  it("stops while hidden, and catches up at once", async () => {
    render(<Watched every={CALM_MS} />);
    await pass(100);
    await show("hidden");
    await pass(60_000);
    expect(asked).toBe(1);
    await show("visible");
    expect(asked).toBe(2);
  });

  it("keeps what it has while refreshing fails, and goes on trying", async () => {
    render(<Watched every={CALM_MS} />);
    await pass(100);
    answer = () => Promise.reject(new Unreachable(null));
    await pass(3 * CALM_MS);
    expect(asked).toBeGreaterThanOrEqual(3);
    expect(screen.getByTestId("value").textContent).toBe("true true true");
    answer = async () => ({});
    await pass(CALM_MS + 100);
    expect(screen.getByTestId("value").textContent).toBe("true false true");
  });

  it("stops with the page", async () => {
    const { unmount } = render(<Watched every={CALM_MS} />);
    await pass(100);
    unmount();
    await pass(60_000);
    expect(asked).toBe(1);
  });
});
