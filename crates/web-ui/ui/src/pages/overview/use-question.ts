// A question about the history that is asked again while things happen: exactly what the server counts, and never more
// often than it can be read.

import { useRef } from "preact/hooks";
import type { HistoryQuery } from "../../api/history.ts";
import { isRefused } from "../../api/problem.ts";
import { type View, viewKey, viewQuery } from "../../filter/view.ts";
import { useArrived } from "../../live/use-arrived.ts";
import { useReconnected } from "../../live/use-live.ts";
import { useRefresh } from "../../state/refresh.ts";
import { type Resource, useResource } from "../../state/resource.ts";

export interface Answer<Value> extends Resource<Value> {
  /** The value is still that of another view, while this one is asked about. */
  pending: boolean;
  /** The server refuses this view, such as for a filter that it cannot read: the value is still that of the view before. */
  refused: boolean;
}

/** Asks `load` about the view; `name` tells the questions of one view apart. */
export function useQuestion<Value>(
  name: string,
  view: View,
  load: (query: HistoryQuery, signal: AbortSignal) => Promise<Value>,
): Answer<Value> {
  const arrivals = useArrived(() => view.until === "");
  const loaded = useResource(`${name} ${viewKey(view)}`, (signal) => {
    arrivals.asking();
    return load(viewQuery(view), signal);
  });
  useReconnected(loaded.reload);
  useRefresh(loaded, arrivals.every);
  const last = useRef<Value | null>(null);
  if (loaded.value !== null) last.current = loaded.value;
  const refused = isRefused(loaded.error);
  const pending = loaded.value === null && loaded.error === null;
  return { ...loaded, value: pending || refused ? last.current : loaded.value, pending, refused };
}
