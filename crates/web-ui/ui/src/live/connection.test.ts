// The event stream: read in any pieces, resumed where it broke, given up when the session is over.

import { afterEach, describe, expect, it, vi } from "vitest";
import { connect, type ConnectionState, type Message, pauseBefore } from "./connection.ts";

/** A server whose answers are scripted: each try takes the next one. */
function serve(answers: (() => Response | Promise<Response>)[]) {
  const tries: Headers[] = [];
  vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
    tries.push(new Headers(init.headers));
    const answer = answers[tries.length - 1];
    if (answer !== undefined) return Promise.resolve().then(answer);
    return new Promise((_, reject) => {
      init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    });
  });
  return tries;
}

function stream(...pieces: (string | Uint8Array)[]): Response {
  const bytes = pieces.map((piece) => (typeof piece === "string" ? new TextEncoder().encode(piece) : piece));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of bytes) controller.enqueue(piece);
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

function listen() {
  const heard = { messages: [] as Message[], states: [] as ConnectionState["phase"][], sessions: 0, reached: [] as boolean[] };
  const close = connect("/api/events/stream", {
    message: (message) => heard.messages.push(message),
    state: (state) => heard.states.push(state.phase),
    sessionRequired: () => (heard.sessions += 1),
    reached: (answered) => heard.reached.push(answered),
  });
  closers.push(close);
  return heard;
}

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.unstubAllGlobals();
});

describe("connection", () => {
  it("reads events in whatever pieces they come, and skips heartbeats", async () => {
    const bytes = new TextEncoder().encode('event: ban\nid: 7\ndata: {"ip":"\u00e9"}\n\n');
    const cut = bytes.indexOf(0xc3) + 1;
    serve([() => stream(": heartbeat\n\n", bytes.slice(0, cut), bytes.slice(cut), "event: unban\nid: 8\nda", "ta: {}\n\n")]);
    const heard = listen();
    await vi.waitFor(() => expect(heard.messages).toHaveLength(2));
    expect(heard.messages).toEqual([
      { event: "ban", id: "7", data: '{"ip":"\u00e9"}' },
      { event: "unban", id: "8", data: "{}" },
    ]);
    expect(heard.states.slice(0, 2)).toEqual(["connecting", "live"]);
  });

  it("resumes after the last event that it has seen", async () => {
    const tries = serve([() => stream("event: ban\nid: 41\ndata: {}\n\n"), () => stream("data: x\n\n")]);
    const heard = listen();
    await vi.waitFor(() => expect(tries).toHaveLength(2), { timeout: 10_000 });
    expect(tries[0]?.get("last-event-id")).toBeNull();
    expect(tries[1]?.get("last-event-id")).toBe("41");
    expect(heard.states).toContain("waiting");
  });

  it("tries again when there is no server, and says so", async () => {
    const tries = serve([
      () => {
        throw new TypeError("Failed to fetch");
      },
      () => stream("event: ban\nid: 1\ndata: {}\n\n"),
    ]);
    const heard = listen();
    await vi.waitFor(() => expect(heard.messages).toHaveLength(1), { timeout: 10_000 });
    expect(heard.reached).toEqual([false, true]);
    expect(tries.length).toBeGreaterThanOrEqual(2);
  });

  it("does not try again without a session", async () => {
    const tries = serve([() => new Response(null, { status: 401 })]);
    const heard = listen();
    await vi.waitFor(() => expect(heard.sessions).toBe(1));
    expect(heard.states.at(-1)).toBe("refused");
    expect(tries).toHaveLength(1);
  });

  it("waits longer after each failure, up to half a minute, never less than half of it", () => {
    expect([0, 1, 2, 3, 20].map((attempt) => pauseBefore(attempt, () => 1))).toEqual([500, 1_000, 2_000, 4_000, 30_000]);
    expect(pauseBefore(3, () => 0)).toBe(2_000);
  });
});
