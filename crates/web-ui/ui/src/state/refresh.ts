// Keeps what a page has loaded fresh, as long as somebody can see it.

import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api/problem.ts";
import type { Resource } from "./resource.ts";

/** For what changes by itself. */
export const CALM_MS = 5_000;
/** While something that was just started is on its way. */
export const BUSY_MS = 1_000;

interface Situation {
  visible: boolean;
  loading: boolean;
  /** The pause between two loads. */
  every: number;
  /** How long ago the last load ended. */
  passed: number;
  /** What it ended in, if not well. */
  error: unknown;
}

/** In how many milliseconds to load again; null for not at all while things stand as they are. */
export function nextLoad({ visible, loading, every, passed, error }: Situation): number | null {
  if (!visible || loading) return null;
  // A server in trouble is not to be hurried.
  const asked = error instanceof Problem ? (error.retryAfter ?? 0) * 1_000 : 0;
  const pause = error === null ? every : Math.max(every, CALM_MS, asked);
  return Math.max(0, pause - passed);
}

/** Loads again and again while the page is visible, and at once when it is again. */
export function useRefresh(resource: Resource<unknown>, every: number): void {
  const { value, error, loading, reload } = resource;
  const visible = useVisible();
  const endedAt = useRef(performance.now());
  useEffect(() => {
    endedAt.current = performance.now();
  }, [value, error]);
  useEffect(() => {
    const pause = nextLoad({ visible, loading, every, passed: performance.now() - endedAt.current, error });
    if (pause === null) return;
    const timer = setTimeout(reload, pause);
    return () => clearTimeout(timer);
  }, [visible, loading, every, value, error, reload]);
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(isVisible);
  useEffect(() => {
    const look = (): void => setVisible(isVisible());
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return visible;
}

function isVisible(): boolean {
  return document.visibilityState !== "hidden";
}
