// The time that the pages count with: the server's, since a phone's clock may be minutes off, in ticks of a second.

import { useEffect, useState } from "preact/hooks";

/** `Date` headers have whole seconds; below this a difference is rounding and travel time. */
const NOTICEABLE_MS = 3_000;

let offsetMs = 0;

/** Epoch milliseconds, corrected to the server's clock. */
export function now(): number {
  return Date.now() + offsetMs;
}

/** Learns how far this machine's clock is off from an answer's `Date` header. */
export function learnClock(date: string | null): void {
  const server = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server)) return;
  const difference = server - Date.now();
  offsetMs = Math.abs(difference) < NOTICEABLE_MS ? 0 : difference;
}

const tickers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function watchTicks(ticker: () => void): () => void {
  tickers.add(ticker);
  timer ??= setInterval(() => {
    for (const each of [...tickers]) each();
  }, 1_000);
  return () => {
    tickers.delete(ticker);
    if (tickers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A text that depends on the time; renders again only in seconds in which the text changes. */
export function useTicking(text: (now: number) => string): string {
  const current = text(now());
  const [, render] = useState(current);
  useEffect(() => watchTicks(() => render(text(now()))));
  return current;
}
