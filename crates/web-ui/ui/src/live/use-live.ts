// The live connection, for components.

import { useEffect, useRef } from "preact/hooks";
import type { BanEvent } from "../api/types.ts";
import { connection, watchEvents } from "./live.ts";

/** Calls `take` with each batch of events, for as long as the component is there. */
export function useEvents(take: (events: BanEvent[]) => void): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => watchEvents((events) => latest.current(events)), []);
}

/** Calls `again` each time the connection is back after a break, when events may have been missed. */
export function useReconnected(again: () => void): void {
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    let broken = connection.get().phase === "waiting";
    return connection.watch(() => {
      const { phase } = connection.get();
      if (phase === "waiting") broken = true;
      if (phase !== "live" || !broken) return;
      broken = false;
      latest.current();
    });
  }, []);
}
