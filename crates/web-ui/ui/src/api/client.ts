// One call of the API: JSON in, JSON out, failures as `Problem` or `Unreachable`. Knows no route and no page.

import { BASE } from "../routes/base.ts";
import { learnClock } from "../state/clock.ts";
import { isAborted, isSessionRequired, problemFrom, Unreachable } from "./problem.ts";

/** What the rest of the pages wants to hear of every call. */
interface Watcher {
  /** A call was refused for want of a session. */
  sessionRequired(): void;
  /** A call was answered (true), or found no server (false). */
  reached(answered: boolean): void;
}

const watchers = new Set<Watcher>();

/** Has `watcher` told of every call from now on; returns how to stop that. */
export function watchCalls(watcher: Watcher): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Tells the watchers how a call ended that was not made by `call`, such as the event stream. */
export function reportCall(answered: boolean): void {
  for (const watcher of watchers) watcher.reached(answered);
}

/** Tells the watchers that a session is needed. */
export function reportSessionRequired(): void {
  for (const watcher of watchers) watcher.sessionRequired();
}

interface CallOptions {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Builds the address of a call; leaves out what is undefined or empty. */
export function address(path: string, query: CallOptions["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return BASE + (text === "" ? path : `${path}?${text}`);
}

/** Calls the API and reads its answer. Throws `Problem`, `Unreachable`, or the abort of `signal`. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const init: RequestInit = { method, headers: { accept: "application/json" }, credentials: "same-origin" };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    init.headers = { accept: "application/json", "content-type": "application/json" };
    init.body = JSON.stringify(options.body);
  }
  const response = await reach(address(path, options.query), init);
  learnClock(response.headers.get("date"));
  if (!response.ok) {
    const problem = await problemFrom(response);
    if (isSessionRequired(problem)) reportSessionRequired();
    throw problem;
  }
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(url, init);
    reportCall(true);
    return response;
  } catch (error) {
    if (isAborted(error)) throw error;
    reportCall(false);
    throw new Unreachable(error);
  }
}
