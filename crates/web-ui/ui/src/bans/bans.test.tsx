// The ban form, the unban and the table, as a person meets them.

import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { activeBan } from "../testing/events.ts";
import { fail2ban } from "../live/live.ts";
import { toasts } from "../state/toasts.ts";
import { BanForm } from "./ban-form.tsx";
import { BanTable } from "./ban-table.tsx";

type Sent = { method: string; url: string; body: unknown };

/** Answers each call with the next of `answers`; the last one is repeated. */
function server(...answers: [status: number, body: unknown][]): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const [status, body] = answers[Math.min(sent.length, answers.length - 1)] as [number, unknown];
    sent.push({ method: init.method ?? "GET", url, body: init.body ? JSON.parse(String(init.body)) : null });
    return new Response(JSON.stringify(body), { status });
  });
  return sent;
}

beforeEach(() => toasts.set([]));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function ban(ip: string): void {
  fireEvent.input(screen.getByLabelText("Address or network"), { target: { value: ip } });
  fireEvent.click(screen.getByRole("button", { name: "Ban" }));
}

describe("BanForm", () => {
  it("bans, tells what fail2ban says, and is ready for the next", async () => {
    const sent = server([201, { ip: "203.0.113.7", jails: ["sshd", "nginx"], newly_banned: true, ban: null }]);
    const onBanned = vi.fn();
    render(<BanForm jails={["sshd"]} onBanned={onBanned} />);
    ban(" 203.0.113.7 ");
    await waitFor(() => expect(onBanned).toHaveBeenCalledOnce());
    expect(sent).toEqual([{ method: "POST", url: "/api/bans", body: { ip: "203.0.113.7", jail: "sshd" } }]);
    expect(toasts.get()[0]?.text).toBe("203.0.113.7 is banned in sshd. It is also banned in nginx.");
    expect((screen.getByLabelText("Address or network") as HTMLInputElement).value).toBe("");
  });

  it("does not claim a ban that fail2ban does not list", async () => {
    server([201, { ip: "203.0.113.7", jails: [], newly_banned: false, ban: null }]);
    render(<BanForm jails={["sshd"]} onBanned={() => undefined} />);
    ban("203.0.113.7");
    await waitFor(() => expect(toasts.get()[0]?.text).toContain("does not list it in sshd"));
  });

  it("asks before it insists, and sends force only then", async () => {
    const refusal = { status: 409, code: "ban_loopback", detail: "127.0.0.1 is this machine itself." };
    const sent = server([409, refusal], [201, { ip: "127.0.0.1", jails: ["sshd"], newly_banned: true, ban: null }]);
    const onBanned = vi.fn();
    render(<BanForm jails={["sshd"]} onBanned={onBanned} />);
    ban("127.0.0.1");
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText("127.0.0.1 is this machine itself.")).toBeTruthy();
    expect(onBanned).not.toHaveBeenCalled();
    fireEvent.click(within(dialog).getByRole("button", { name: "Ban anyway" }));
    await waitFor(() => expect(onBanned).toHaveBeenCalledOnce());
    expect(sent.map(({ body }) => body)).toEqual([
      { ip: "127.0.0.1", jail: "sshd" },
      { ip: "127.0.0.1", jail: "sshd", force: true },
    ]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("bans nothing when the answer is no", async () => {
    const sent = server([409, { status: 409, code: "ban_ignored", detail: "sshd ignores it." }]);
    render(<BanForm jails={["sshd"]} onBanned={() => undefined} />);
    ban("198.51.100.5");
    fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Do not ban" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(sent).toHaveLength(1);
  });

  it("shows what is wrong with the address beside it", async () => {
    const fields = [{ field: "ip", message: "999.1.1.1 is not an address." }];
    server([400, { status: 400, code: "request_invalid", detail: "Invalid.", fields }]);
    render(<BanForm jails={["sshd"]} onBanned={() => undefined} />);
    ban("999.1.1.1");
    expect(await screen.findByText("999.1.1.1 is not an address.")).toBeTruthy();
    const input = screen.getByLabelText("Address or network");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    expect(input.getAttribute("aria-describedby")).not.toBe("");
  });

  it("chooses no jail beforehand where there are several", async () => {
    const sent = server([201, { ip: "203.0.113.7", jails: ["sshd"], newly_banned: true, ban: null }]);
    const onBanned = vi.fn();
    render(<BanForm jails={["nginx", "sshd"]} ip="203.0.113.7" onBanned={onBanned} />);
    const jail = screen.getByLabelText("Jail") as HTMLSelectElement;
    expect([jail.value, jail.required]).toEqual(["", true]);
    fireEvent.change(jail, { target: { value: "sshd" } });
    fireEvent.click(screen.getByRole("button", { name: "Ban" }));
    await waitFor(() => expect(onBanned).toHaveBeenCalledOnce());
    expect(sent[0]?.body).toEqual({ ip: "203.0.113.7", jail: "sshd" });
    await waitFor(() => expect(jail.value).toBe(""));
  });

  it("names the one jail that is left for an address", () => {
    render(<BanForm jails={["nginx"]} ip="203.0.113.7" primary={false} onBanned={() => undefined} />);
    expect(screen.queryByLabelText("Jail")).toBeNull();
    expect(screen.getByRole("button", { name: "Ban in nginx" }).className).toBe("");
  });

  it("is off while fail2ban cannot be told to ban, and says why", () => {
    const away = { state: "offline" as const, version: null, latency_ms: null, jails: null, problems: [] };
    fail2ban.set({ ...away, checked_at: null, since: null, problem: null });
    render(<BanForm jails={["sshd"]} onBanned={() => undefined} />);
    const button = screen.getByRole("button", { name: "Ban" }) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    expect(document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent).toContain("fail2ban does not answer");
    act(() => fail2ban.set(null));
    expect(button.disabled).toBe(false);
  });

  it("shows any other failure as it is", async () => {
    server([503, { status: 503, code: "fail2ban_offline", detail: "fail2ban does not answer." }]);
    render(<BanForm jails={["sshd"]} onBanned={() => undefined} />);
    ban("203.0.113.7");
    expect((await screen.findByRole("alert")).textContent).toBe("fail2ban does not answer.");
  });
});

describe("BanTable", () => {
  const bans = [activeBan("203.0.113.7", 0), activeBan("<img src=x>", 0, { reason: "<b>bold</b>" })];

  function table(over: Partial<Parameters<typeof BanTable>[0]> = {}) {
    const onSort = vi.fn();
    const onUnbanned = vi.fn();
    render(
      <BanTable caption="Bans" bans={bans} sort="-banned_at" withJail={false} {...{ onSort, onUnbanned }} {...over} />,
    );
    return { onSort, onUnbanned };
  }

  it("shows any text as text", () => {
    table();
    expect(screen.getByText("<img src=x>")).toBeTruthy();
    expect(screen.getByText("<b>bold</b>")).toBeTruthy();
    expect(document.querySelector("img")).toBeNull();
  });

  it("sorts by a header, and to and fro", () => {
    const { onSort } = table();
    fireEvent.click(screen.getByRole("button", { name: /Banned/ }));
    fireEvent.click(screen.getByRole("button", { name: /Remaining/ }));
    expect(onSort.mock.calls).toEqual([["banned_at"], ["expires_at"]]);
    expect(screen.getByRole("columnheader", { name: /Banned/ }).getAttribute("aria-sort")).toBe("descending");
  });

  it("unbans only after a confirmation", async () => {
    const sent = server([200, { ip: "203.0.113.7", unbanned: 1, jails: ["nginx"] }]);
    const { onUnbanned } = table();
    fireEvent.click(screen.getByRole("button", { name: "Unban 203.0.113.7 from sshd" }));
    expect(sent).toEqual([]);
    fireEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Unban from sshd" }));
    await waitFor(() => expect(onUnbanned).toHaveBeenCalledOnce());
    expect(sent).toEqual([{ method: "DELETE", url: "/api/bans/203.0.113.7?jail=sshd", body: null }]);
    expect(toasts.get()[0]?.text).toContain("still banned in nginx");
  });

  it("keeps the dialog open with the reason when the unban fails", async () => {
    server([404, { status: 404, code: "ban_not_found", detail: "203.0.113.7 is not banned in sshd." }]);
    const { onUnbanned } = table();
    fireEvent.click(screen.getByRole("button", { name: "Unban 203.0.113.7 from sshd" }));
    fireEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Unban from sshd" }));
    expect((await screen.findByRole("alert")).textContent).toBe("203.0.113.7 is not banned in sshd.");
    expect(onUnbanned).not.toHaveBeenCalled();
  });

  it("has rows of bones and says that it is busy before the first answer", () => {
    table({ bans: null });
    expect(screen.getByRole("table").getAttribute("aria-busy")).toBe("true");
    expect(document.querySelectorAll(".skeleton").length).toBeGreaterThan(0);
  });
});
