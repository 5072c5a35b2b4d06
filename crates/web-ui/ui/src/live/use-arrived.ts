// When to ask again for what events change: soon after one that concerns it, and never more often than it can be answered.

import { useState } from "preact/hooks";
import type { BanEvent } from "../api/types.ts";
import { useEvents } from "./use-live.ts";

/** The pause between two answers while events arrive. */
const LIVE_MS = 2_000;
/** The pause while none do: time passes, and addresses are placed later. */
export const IDLE_MS = 60_000;

export interface Arrived {
  /** Whether an event has arrived since the question was last sent. */
  arrived: boolean;
  /** For `useRefresh`: the pause between two answers, in milliseconds. */
  every: number;
  /** To be called as the question is sent: its answer has whatever arrived before. */
  asking(): void;
}

/** Notes that events arrive which `concerns` picks. Loading at once instead would, in an attack, end each call with the next. */
export function useArrived(concerns: (event: BanEvent) => boolean): Arrived {
  const [arrived, setArrived] = useState(false);
  useEvents((events) => {
    if (events.some(concerns)) setArrived(true);
  });
  return { arrived, every: arrived ? LIVE_MS : IDLE_MS, asking: () => setArrived(false) };
}
