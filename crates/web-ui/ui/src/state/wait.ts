// How long to wait after too many wrong passwords, counted down in sight.

import { useEffect, useState } from "preact/hooks";
import { Problem } from "../api/problem.ts";
import { useTicking } from "./clock.ts";

/** Where the server does not say how long. */
const FALLBACK_SECONDS = 30;

interface Wait {
  /** The seconds left, as text; empty when nothing is to be waited for. */
  left: string;
  /** Begins to wait if the error asks for it. */
  after(error: unknown): void;
}

/** Counts down what a throttled call is to wait for; calls `onOver` at the end. */
export function useWait(onOver: () => void): Wait {
  const [until, setUntil] = useState(0);
  const left = useTicking(() => {
    const seconds = Math.ceil((until - Date.now()) / 1_000);
    return seconds > 0 ? String(seconds) : "";
  });
  useEffect(() => {
    if (left === "" && until > 0) onOver();
  }, [left]);
  return {
    left,
    after(error) {
      if (!(error instanceof Problem) || error.status !== 429) return;
      setUntil(Date.now() + (error.retryAfter ?? FALLBACK_SECONDS) * 1_000);
    },
  };
}
