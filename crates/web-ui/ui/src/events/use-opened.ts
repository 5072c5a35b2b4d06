// Which event of a list is open, as it stands in the address of the page.

import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import type { BanEvent } from "../api/types.ts";
import { useResource } from "../state/resource.ts";
import { warn } from "../state/toasts.ts";
import type { EventList } from "./list/event-list.ts";
import { findOpen, openId, openKey } from "./open-event.ts";

export interface Opened {
  event: BanEvent | null;
  show(event: BanEvent): void;
  close(): void;
  /** The way to the neighbour in the list, if it is there. */
  step(by: -1 | 1): (() => void) | undefined;
}

/** The open event: from the list, or found by what stands in the address, which somebody may have passed on. */
export function useOpened(list: EventList, open: string | undefined, address: (open?: string) => string): Opened {
  const { route: go } = useLocation();
  const [shown, setShown] = useState<BanEvent | null>(null);
  /** Whether closing goes back to where the event was opened, instead of to a page of its own. */
  const pushed = useRef(false);
  const id = openId(open);
  const inList = id === null ? undefined : list.book.get(list.book.indexOf(id))?.row;
  const event = shown !== null && shown.id === id ? shown : (inList ?? null);
  const found = useResource(`open ${event === null ? (open ?? "") : ""}`, async (signal) =>
    event !== null || open === undefined ? null : findOpen(open, signal),
  );
  useEffect(() => {
    if (open === undefined) pushed.current = false;
  }, [open]);
  const lost = open !== undefined && event === null && found.value === null && !found.loading;
  useEffect(() => {
    if (!lost) return;
    if (found.error === null) warn("The event that this link opens is not in the history, or not any more.");
    else warn(`The event that this link opens could not be loaded. ${messageOf(found.error)}`);
  }, [lost]);
  const show = (next: BanEvent): void => {
    setShown(next);
    if (open === undefined) pushed.current = true;
    go(address(openKey(next)), open !== undefined);
  };
  const current = open === undefined ? null : (event ?? found.value);
  return {
    event: current,
    show,
    close() {
      if (pushed.current) history.back();
      else go(address(), true);
    },
    step(by) {
      const at = current === null ? -1 : list.book.indexOf(current.id);
      const row = at === -1 ? null : list.book.get(at + by)?.row;
      return row ? () => show(row) : undefined;
    },
  };
}
