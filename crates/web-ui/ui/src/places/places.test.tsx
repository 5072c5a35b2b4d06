// The line at the foot of every page, and what the system page says of places.

import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Places as Told, PlaceSource } from "../api/types.ts";
import { Places } from "../pages/system/places.tsx";
import { Attribution, attributions } from "./attribution.tsx";

const BUILT_IN: PlaceSource = {
  name: "built in",
  built_at: "2026-11-01T06:11:23.000Z",
  countries: true,
  networks: false,
  attribution: null,
  unreadable_records: 0,
  trouble: null,
};

function dbip(name: string): PlaceSource {
  return { ...BUILT_IN, name, attribution: { text: "IP Geolocation by DB-IP", url: "https://db-ip.com" } };
}

function answer(places: Told): void {
  const body = JSON.stringify(places);
  vi.stubGlobal("fetch", async () => new Response(body, { headers: { "content-type": "application/json" } }));
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("Attribution", () => {
  it("is asked for once by two files of one provider, and links nowhere but to the web", () => {
    expect(attributions([dbip("a"), dbip("b"), BUILT_IN])).toEqual([dbip("a").attribution]);
    const odd = { ...BUILT_IN, attribution: { text: "x", url: "javascript:alert(1)" } };
    expect(attributions([odd])).toEqual([]);
  });

  it("stands on the page while a source in use asks for it", async () => {
    answer({ sources: [dbip("DB-IP Lite Country"), BUILT_IN], located: 1, to_locate: 0 });
    render(<Attribution />);
    const link = await screen.findByRole("link", { name: "IP Geolocation by DB-IP" });
    expect(link.getAttribute("href")).toBe("https://db-ip.com");
  });
});

describe("Places", () => {
  it("tells each source with its trouble, and how far looking up is", async () => {
    const trouble = "it cannot be read: No such file";
    const file = { ...BUILT_IN, name: "/srv/\u202eplaces.mmdb", built_at: null, countries: false, unreadable_records: 2, trouble };
    answer({ sources: [file, BUILT_IN], located: 1_500, to_locate: 2_500 });
    render(<Places />);
    expect(await screen.findByText("/srv/\ufffdplaces.mmdb")).not.toBeNull();
    expect(screen.getByText(`Not in order: ${trouble}.`)).not.toBeNull();
    expect(screen.getByText(/^2 records cannot be read/)).not.toBeNull();
    expect(screen.getByText(/countries, collected/)).not.toBeNull();
    expect(screen.getByRole("progressbar").getAttribute("value")).toBe("1500");
    expect(screen.getByText("2,500 addresses to go")).not.toBeNull();
  });
});
