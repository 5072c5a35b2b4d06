// The allowlist, as a person meets it: the dialog, the page, and what is said afterwards.

import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AllowEntry, AllowList } from "../api/types.ts";
import { Content } from "../pages/allowlist/content.tsx";
import { toasts } from "../state/toasts.ts";
import { activeBan } from "../testing/events.ts";
import { AllowDialog } from "./allow-dialog.tsx";
import { networkAround } from "./around.ts";
import { allowances } from "./membership.ts";
import { endOf, TERMS } from "./terms.ts";

type Sent = { method: string; url: string; body: unknown };
type Answer = [status: number, body: unknown];

/** Answers by method and path, and keeps what is changed. */
function server(answers: Record<string, () => Answer>): Sent[] {
  const sent: Sent[] = [];
  const jails = { items: [{ name: "nginx" }, { name: "sshd" }], next: null };
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const method = init.method ?? "GET";
    if (method !== "GET") sent.push({ method, url, body: init.body ? JSON.parse(String(init.body)) : null });
    const answer = answers[`${method} ${url.split("?")[0]}`];
    const [status, body] = answer?.() ?? [200, jails];
    return new Response(JSON.stringify(body), { status });
  });
  return sent;
}

const OFFICE: AllowEntry = {
  id: 7,
  address: "203.0.113.0/24",
  jail: null,
  note: "the <b>office</b>\u202e",
  by: "alice",
  created_at: "2026-11-23T12:00:00.000Z",
  until: null,
};

const NOTHING = { address: "203.0.113.7", allowed: false, entries: [], own: [] };

const told = (more: object = {}) => ({ entry: OFFICE, pending: null, lifted: 0, still_banned: [], ...more });

beforeEach(() => toasts.set([]));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const allow = (): boolean => fireEvent.click(screen.getByRole("button", { name: "Allow" }));

describe("AllowDialog", () => {
  it("offers the network around an address, and tells what came of it", async () => {
    const sent = server({
      "GET /api/allowlist/check": () => [200, NOTHING],
      "POST /api/allowlist": () => [201, told({ lifted: 2, still_banned: [activeBan("203.0.0.0/16", 0)] })],
    });
    const onDone = vi.fn();
    render(<AllowDialog ip="203.0.113.7" onDone={onDone} onCancel={() => undefined} />);
    fireEvent.change(screen.getByLabelText("What"), { target: { value: "203.0.113.0/24" } });
    await screen.findByRole("option", { name: "sshd" });
    fireEvent.change(screen.getByLabelText("Where"), { target: { value: "sshd" } });
    fireEvent.input(screen.getByLabelText("Note (optional)"), { target: { value: " the office " } });
    allow();
    await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
    const body = { address: "203.0.113.0/24", jail: "sshd", note: "the office" };
    expect(sent).toEqual([{ method: "POST", url: "/api/allowlist", body }]);
    expect(toasts.get()[0]?.text).toBe(
      "203.0.113.0/24 is allowed in every jail. 2 bans lifted. Still banned: 203.0.0.0/16 in sshd.",
    );
  });

  it("says what allows it already, and that fail2ban does not know yet", async () => {
    const own = [{ jail: "sshd", entries: ["203.0.0.0/16"] }];
    server({
      "GET /api/allowlist/check": () => [200, { ...NOTHING, allowed: true, entries: [OFFICE], own }],
      "POST /api/allowlist": () => [201, told({ pending: "fail2ban is offline" })],
    });
    render(<AllowDialog ip="203.0.113.7" onDone={() => undefined} onCancel={() => undefined} />);
    expect(await screen.findByText("On the allowlist as part of 203.0.113.0/24 in every jail, for ever, by alice.")).toBeTruthy();
    expect(screen.getByText("Ignored in sshd by its configuration (203.0.0.0/16).")).toBeTruthy();
    allow();
    await waitFor(() => expect(toasts.get()[0]?.text).toContain("fail2ban does not know yet"));
  });

  it("asks for an address where there is none, and says what is wrong at its field", async () => {
    const fields = [{ field: "address", message: "it would turn protection off" }];
    const sent = server({ "POST /api/allowlist": () => [400, { code: "invalid", detail: "address: no", fields }] });
    const onDone = vi.fn();
    render(<AllowDialog onDone={onDone} onCancel={() => undefined} />);
    fireEvent.input(screen.getByLabelText("Address or network"), { target: { value: "0.0.0.0/0" } });
    fireEvent.change(screen.getByLabelText("For how long"), { target: { value: "day" } });
    allow();
    expect(await screen.findByText("it would turn protection off")).toBeTruthy();
    expect(screen.getByLabelText("Address or network").getAttribute("aria-invalid")).toBe("true");
    expect(onDone).not.toHaveBeenCalled();
    expect(sent[0]?.body).toMatchObject({ address: "0.0.0.0/0", until: expect.stringMatching(/Z$/) });
  });
});

describe("the page", () => {
  it("lists the entries and what jails ignore, and removes an entry after a question", async () => {
    const own = [{ jail: "sshd", entries: ["127.0.0.0/8", "gateway.example"] }];
    const list: AllowList = { items: [OFFICE], next: null, most: 1_000, own };
    const sent = server({
      "GET /api/allowlist": () => [200, list],
      "DELETE /api/allowlist/7": () => {
        list.items = [];
        return [200, told()];
      },
    });
    render(<Content />);
    const row = (await screen.findByRole("rowheader", { name: "203.0.113.0/24" })).closest("tr");
    expect(row?.textContent).toContain("every jail");
    expect(row?.textContent).toContain("the <b>office</b>");
    expect(row?.textContent).not.toContain("\u202e");
    expect(row?.textContent).toContain("for ever");
    expect(screen.getByText("gateway.example")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Remove 203.0.113.0/24" }));
    fireEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Remove it" }));
    expect(await screen.findByText("The allowlist is empty.")).toBeTruthy();
    expect(sent).toEqual([{ method: "DELETE", url: "/api/allowlist/7", body: null }]);
    expect(toasts.get()[0]?.text).toBe("203.0.113.0/24 is no longer on the allowlist.");
  });

  it("says when fail2ban cannot be asked", async () => {
    server({ "GET /api/allowlist": () => [200, { items: [], next: null, most: 1_000, own: null }] });
    render(<Content />);
    expect(await screen.findByText("fail2ban cannot be asked what it ignores by itself.")).toBeTruthy();
  });
});

describe("allowances", () => {
  const text = (ip: string, address: string): string | undefined =>
    allowances(ip, { address: ip, allowed: true, entries: [{ ...OFFICE, address }], own: [] })[0]?.text;

  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["203.0.113.7/32", "203.0.113.7"],
    ["2001:DB8::9", "2001:db8::9"],
    ["2001:db8::9/128", "2001:db8::9"],
    ["203.0.113.0/24", "203.0.113.0/24"],
  ])("%s is the entry %s, however it is spelled", (ip, address) => {
    expect(text(ip, address)).toBe("On the allowlist in every jail, for ever, by alice");
  });

  it.each([
    ["203.0.113.7", "203.0.113.0/24"],
    ["2001:DB8::9", "2001:db8::/32"],
  ])("%s is a part of the entry %s", (ip, address) => {
    expect(text(ip, address)).toBe(`On the allowlist as part of ${address} in every jail, for ever, by alice`);
  });
});

describe("networkAround", () => {
  it.each([
    ["203.0.113.7", "203.0.113.0/24"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8::/64"],
    ["::1", "::/64"],
    ["2001:db8::", "2001:db8::/64"],
    ["203.0.113.0/24", null],
    ["mallory", null],
  ])("is, of %s, %s", (ip, network) => expect(networkAround(ip)).toBe(network));
});

describe("endOf", () => {
  it("counts from now", () => {
    const now = Date.parse("2026-11-23T12:00:00Z");
    expect(TERMS.map(([term]) => endOf(term, now))).toEqual([
      "2026-11-23T13:00:00.000Z",
      "2026-11-24T12:00:00.000Z",
      "2026-11-30T12:00:00.000Z",
      "2026-12-23T12:00:00.000Z",
      undefined,
    ]);
  });
});
