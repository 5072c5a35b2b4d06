// Which list of events is on the screen while another one is asked for: the one before, until the new one has something to
// say. A filter that the server refuses has nothing to say, so that a typing error does not take away what one reads.

import { useEffect, useRef } from "preact/hooks";
import { isRefused } from "../../api/problem.ts";
import { useStore } from "../../state/store.ts";
import type { EventList } from "./event-list.ts";

/** A list, with whatever it was asked for. */
interface Asked {
  list: EventList;
}

/** Starts the list that is asked for, and returns the one to be shown. The one before goes on until it is replaced. */
export function useShownList<Question extends Asked>(asked: Question): Question {
  const shown = useRef(asked);
  const running = useRef(new Map<EventList, () => void>());
  const { error } = useStore(asked.list.state);
  const isSame = asked.list === shown.current.list;
  if (isSame || asked.list.hasBegun || (error !== null && !isRefused(error))) shown.current = asked;
  const { list } = shown.current;
  const keepOnly = (...kept: EventList[]): void => {
    for (const [list, stop] of running.current) {
      if (kept.includes(list)) continue;
      stop();
      running.current.delete(list);
    }
  };
  useEffect(() => {
    if (!running.current.has(asked.list)) running.current.set(asked.list, asked.list.start());
    keepOnly(asked.list, list);
  }, [asked.list, list]);
  useEffect(() => () => keepOnly(), []);
  return shown.current;
}
