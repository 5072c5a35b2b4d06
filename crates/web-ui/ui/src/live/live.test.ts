// The live connection and its stores: many messages make few renders, and nothing that cannot be read ends it.

import { afterEach, describe, expect, it, vi } from "vitest";
import { banEvent } from "../testing/events.ts";
import { connection, fail2ban, feed, liveJails, startLive, watchEvents } from "./live.ts";

let push: (text: string) => void = () => undefined;

function serve(): void {
  vi.stubGlobal("fetch", async (url: string) => {
    if (!url.includes("/stream")) return new Response(JSON.stringify({ fail2ban: { state: "online" } }));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        push = (text) => controller.enqueue(new TextEncoder().encode(text));
      },
    });
    return new Response(body);
  });
}

const message = (event: string, data: unknown, id = ""): string =>
  `event: ${event}\n${id === "" ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

let stop: () => void = () => undefined;

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

describe("live", () => {
  it("renders a flood in batches, and loses no event of it", async () => {
    serve();
    let renders = 0;
    const seen = new Set<unknown>();
    const unwatch = [
      feed.watch(() => (renders += 1)),
      watchEvents((events) => events.forEach((event) => seen.add(event.id))),
    ];
    stop = startLive();
    await vi.waitFor(() => expect(connection.get().phase).toBe("live"));
    for (let id = 1; id <= 400; id += 1) push(message("ban", banEvent(id), String(id)));
    await vi.waitFor(() => expect(seen.size).toBe(400));
    expect(feed.get().shown[0]?.id).toBe(400);
    expect(renders).toBeLessThan(40);
    for (const each of unwatch) each();
  });

  it("keeps the jails and the state of fail2ban as the stream tells them", async () => {
    serve();
    stop = startLive();
    await vi.waitFor(() => expect(fail2ban.get()?.state).toBe("online"));
    push(message("jails", { items: [{ name: "sshd" }], observed_at: null }));
    push(message("offline", { state: "offline" }));
    await vi.waitFor(() => expect(fail2ban.get()?.state).toBe("offline"));
    expect(liveJails.get()?.items.map(({ name }) => name)).toEqual(["sshd"]);
  });

  it("goes on after a message that is not JSON", async () => {
    serve();
    stop = startLive();
    await vi.waitFor(() => expect(connection.get().phase).toBe("live"));
    push("event: ban\ndata: {broken\n\n");
    push(message("ban", banEvent(1), "1"));
    await vi.waitFor(() => expect(feed.get().shown).toHaveLength(1));
  });

  it("forgets everything when it stops, so that the next user sees nothing of it", async () => {
    serve();
    stop = startLive();
    await vi.waitFor(() => expect(connection.get().phase).toBe("live"));
    push(message("ban", banEvent(1), "1"));
    await vi.waitFor(() => expect(feed.get().shown).toHaveLength(1));
    stop();
    stop = () => undefined;
    expect([feed.get().shown, liveJails.get(), fail2ban.get()]).toEqual([[], null, null]);
  });
});
