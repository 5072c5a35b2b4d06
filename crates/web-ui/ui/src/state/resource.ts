// Loading from the API for a component: one value, or a list in pages. Late answers to earlier questions are dropped.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { isAborted } from "../api/problem.ts";
import type { Page } from "../api/types.ts";
import { now } from "./clock.ts";

export interface Resource<Value> {
  /** The last answer; kept while it is asked for again, null before the first or after the key changed. */
  value: Value | null;
  /** When it came, in epoch milliseconds. */
  asOf: number | null;
  error: unknown;
  loading: boolean;
  reload(): void;
}

interface Loaded<Value> {
  key: string;
  value: Value | null;
  asOf: number | null;
  error: unknown;
  loading: boolean;
}

/** Loads at once, whenever `key` changes, and on `reload`. */
export function useResource<Value>(key: string, load: (signal: AbortSignal) => Promise<Value>): Resource<Value> {
  const nothing: Loaded<Value> = { key, value: null, asOf: null, error: null, loading: true };
  const [state, setState] = useState(nothing);
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const abort = new AbortController();
    setState((state) => (state.key === key ? { ...state, loading: true } : nothing));
    latest.current(abort.signal).then(
      (value) => !abort.signal.aborted && setState({ key, value, asOf: now(), error: null, loading: false }),
      (error: unknown) => {
        if (abort.signal.aborted || isAborted(error)) return;
        setState((state) => ({ ...state, error, loading: false }));
      },
    );
    return () => abort.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((round) => round + 1), []);
  const current = state.key === key ? state : nothing;
  const { value, asOf, error, loading } = current;
  return { value, asOf, error, loading, reload };
}

export interface Pages<Item> {
  /** All rows loaded so far, or null before the first page. */
  items: Item[] | null;
  next: string | null;
  error: unknown;
  loading: boolean;
  loadMore(): void;
  reload(): void;
  /** Changes the loaded rows in place, by what arrived in another way. */
  change(change: (items: Item[]) => Item[]): void;
}

interface PagesState<Item> {
  key: string;
  items: Item[] | null;
  next: string | null;
  error: unknown;
  loading: boolean;
}

/** Loads the first page at once and whenever `key` changes, and further ones on `loadMore`. */
export function usePages<Item>(
  key: string,
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>,
): Pages<Item> {
  const nothing: PagesState<Item> = { key, items: null, next: null, error: null, loading: true };
  const [state, setState] = useState(nothing);
  const running = useRef<AbortController | null>(null);
  /** Changes that came while a page was on its way, which may have been read before them. */
  const meanwhile = useRef<((items: Item[]) => Item[])[]>([]);
  const latest = useRef(load);
  latest.current = load;

  const fetchPage = useCallback(
    (cursor: string | undefined) => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      meanwhile.current = [];
      setState((state) => (state.key === key ? { ...state, loading: true, error: null } : nothing));
      latest.current(cursor, abort.signal).then(
        ({ items, next }) => {
          if (abort.signal.aborted) return;
          running.current = null;
          const missed = meanwhile.current;
          setState((state) => {
            const before = cursor === undefined ? [] : (state.items ?? []);
            const joined = missed.reduce((rows, change) => change(rows), [...before, ...items]);
            return { key, items: joined, next, error: null, loading: false };
          });
        },
        (error: unknown) => {
          if (abort.signal.aborted || isAborted(error)) return;
          running.current = null;
          setState((state) => ({ ...state, error, loading: false }));
        },
      );
    },
    [key],
  );

  useEffect(() => {
    fetchPage(undefined);
    return () => running.current?.abort();
  }, [fetchPage]);

  const current = state.key === key ? state : nothing;
  return {
    ...current,
    reload: useCallback(() => fetchPage(undefined), [fetchPage]),
    loadMore: () => {
      if (current.next !== null && !current.loading) fetchPage(current.next);
    },
    change: useCallback((change) => {
      if (running.current !== null) meanwhile.current.push(change);
      setState((state) => (state.items === null ? state : { ...state, items: change(state.items) }));
    }, []),
  };
}
