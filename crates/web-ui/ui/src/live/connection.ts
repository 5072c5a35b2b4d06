// Holds the event stream open: reads it, notices silence, and connects again with growing pauses. Knows SSE and HTTP,
// not what the events mean.

import { createParser } from "eventsource-parser";
import { learnClock } from "../state/clock.ts";

/** One server-sent event. */
export interface Message {
  event: string;
  id: string | null;
  data: string;
}

export type ConnectionState =
  | { phase: "connecting" }
  | { phase: "live" }
  | { phase: "waiting"; until: number }
  | { phase: "refused" };

interface Listener {
  message(message: Message): void;
  state(state: ConnectionState): void;
  /** The server answered 401: connecting again is of no use before a login. */
  sessionRequired(): void;
  /** A try was answered (true), or found no server (false). */
  reached(answered: boolean): void;
}

/** The heartbeat comes every 15 s; three missed ones mean a dead connection that the system has not noticed. */
const SILENCE_MS = 50_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A connection that broke off sooner counts as a failure, or a server that hangs up at once would be asked in a loop. */
const STOOD_MS = 10_000;

/** The pause before the next try: doubled each time, and spread out, so that not all pages come back at once. */
export function pauseBefore(attempt: number, random: () => number = Math.random): number {
  const whole = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
  return Math.round(whole / 2 + (random() * whole) / 2);
}

/** Opens the stream at `url` and keeps it open until the returned function is called. */
export function connect(url: string, listener: Listener): () => void {
  const closed = new AbortController();
  void keepOpen(url, listener, closed.signal);
  return () => closed.abort();
}

async function keepOpen(url: string, listener: Listener, closed: AbortSignal): Promise<void> {
  let lastId = "";
  let failures = 0;
  const remember: Listener["message"] = (message) => {
    if (message.id !== null) lastId = message.id;
    listener.message(message);
  };
  while (!closed.aborted) {
    listener.state({ phase: "connecting" });
    const started = Date.now();
    const end = await readOnce(url, lastId, { ...listener, message: remember }, closed);
    if (closed.aborted) return;
    if (end === "refused") {
      listener.state({ phase: "refused" });
      listener.sessionRequired();
      return;
    }
    failures = end === "broken off" && Date.now() - started > STOOD_MS ? 0 : failures + 1;
    const pause = pauseBefore(failures);
    listener.state({ phase: "waiting", until: Date.now() + pause });
    await sleep(pause, closed);
  }
}

type End = "broken off" | "failed" | "refused";

/** One connection, until it ends for whatever reason. */
async function readOnce(url: string, lastId: string, listener: Listener, closed: AbortSignal): Promise<End> {
  const silence = new AbortController();
  let alarm = setTimeout(() => silence.abort(), SILENCE_MS);
  let end: End = "failed";
  try {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (lastId !== "") headers["last-event-id"] = lastId;
    const signal = AbortSignal.any([closed, silence.signal]);
    const response = await fetch(url, { headers, signal, credentials: "same-origin", cache: "no-store" });
    listener.reached(true);
    if (response.status === 401) return "refused";
    if (!response.ok || response.body === null) return "failed";
    learnClock(response.headers.get("date"));
    listener.state({ phase: "live" });
    end = "broken off";
    const parser = createParser({
      onEvent: ({ event, id, data }) => listener.message({ event: event ?? "message", id: id ?? null, data }),
    });
    for await (const text of chunks(response.body)) {
      clearTimeout(alarm);
      alarm = setTimeout(() => silence.abort(), SILENCE_MS);
      parser.feed(text);
    }
  } catch {
    // A connection that cannot be made or breaks is what this loop is for; the listener hears of it as a state.
    if (end === "failed" && !closed.aborted) listener.reached(false);
  } finally {
    clearTimeout(alarm);
  }
  return end;
}

async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    reader.releaseLock();
  }
}

/** Waits, but not longer than the page is closed, and no longer once the machine is online again. */
function sleep(ms: number, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      closed.removeEventListener("abort", wake);
      removeEventListener("online", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    closed.addEventListener("abort", wake);
    addEventListener("online", wake);
  });
}
