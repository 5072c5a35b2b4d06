// From the filters in the address to the API's question, and which new events belong into the view.

import { describe, expect, it } from "vitest";
import { type EventFilters, NO_FILTERS } from "../../routes/routes.ts";
import { banEvent } from "../../testing/events.ts";
import { eventQuery, mayShow } from "./query.ts";

describe("eventQuery", () => {
  it("asks for an address or network as such, and for anything else as text", () => {
    expect(eventQuery({ ...NO_FILTERS, q: "203.0.113.0/24" })).toMatchObject({ ip: "203.0.113.0/24" });
    expect(eventQuery({ ...NO_FILTERS, q: "203.0.113." })).toMatchObject({ q: "203.0.113." });
  });

  it("turns local times into points in time, and nonsense into nothing", () => {
    const { since, until } = eventQuery({ ...NO_FILTERS, since: "2026-11-23T10:00", until: "soon" });
    expect(since).toBe(new Date(2026, 10, 23, 10, 0).toISOString());
    expect(until).toBeUndefined();
  });
});

describe("mayShow", () => {
  const event = banEvent(1, { ip: "203.0.113.7", jail: "sshd", reason: "ticket 4711" });

  it.each<[Partial<EventFilters>, boolean]>([
    [{}, true],
    [{ jail: "sshd", kind: "ban", origin: "detected" }, true],
    [{ jail: "nginx" }, false],
    [{ kind: "unban" }, false],
    [{ q: "4711" }, true],
    [{ q: "198.51" }, false],
    [{ q: "203.0.113.0/24" }, true],
    [{ until: "2020-01-01T00:00" }, false],
  ])("%j: %s", (filters, shown) => {
    expect(mayShow(event, { ...NO_FILTERS, ...filters })).toBe(shown);
  });
});
