// Keeps a list of events live.

import { useEffect } from "preact/hooks";
import { useEvents, useReconnected } from "../live/use-live.ts";
import type { EventList } from "./list/event-list.ts";

/** Asks again when something has happened, unless nobody can see it; then once somebody can. */
export function useArrivals(list: EventList, live: boolean): void {
  const arrived = (): void => {
    if (live && document.visibilityState !== "hidden") list.arrived();
  };
  useEvents(arrived);
  useReconnected(() => {
    if (list.state.get().error !== null) list.retry();
    arrived();
  });
  useEffect(() => {
    document.addEventListener("visibilitychange", arrived);
    return () => document.removeEventListener("visibilitychange", arrived);
  }, [list, live]);
}
