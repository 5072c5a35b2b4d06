// A loaded list of bans stays true while events arrive.

import { describe, expect, it } from "vitest";
import type { BanSort } from "../api/types.ts";
import { activeBan, banEvent, moment } from "../testing/events.ts";
import { applyEvents, insert, without } from "./bans.ts";

const ips = (bans: { ip: string }[]): string[] => bans.map((ban) => ban.ip);
const view = { jail: "sshd", q: "", sort: "-banned_at" as BanSort };

describe("bans", () => {
  it("takes in a ban of its jail, in the order of the list", () => {
    const bans = [activeBan("192.0.2.3", 30), activeBan("192.0.2.1", 10)];
    const event = banEvent(20, { ip: "192.0.2.2" });
    expect(ips(applyEvents(bans, [event], view))).toEqual(["192.0.2.3", "192.0.2.2", "192.0.2.1"]);
    expect(ips(applyEvents(bans.toReversed(), [event], { ...view, sort: "banned_at" }))).toEqual([
      "192.0.2.1",
      "192.0.2.2",
      "192.0.2.3",
    ]);
  });

  it("lets go of an unban, and of nothing else", () => {
    const bans = [activeBan("192.0.2.1", 2), activeBan("192.0.2.10", 1)];
    const unban = banEvent(5, { kind: "unban", ip: "192.0.2.1" });
    expect(ips(applyEvents(bans, [unban], view))).toEqual(["192.0.2.10"]);
    expect(applyEvents(bans, [{ ...unban, jail: "nginx" }], view)).toBe(bans);
  });

  it("replaces a ban that is prolonged, instead of showing it twice", () => {
    const bans = [activeBan("192.0.2.1", 2)];
    const longer = banEvent(5, { ip: "192.0.2.1", expires_at: moment(9_000) });
    const after = applyEvents(bans, [longer], view);
    expect(after).toHaveLength(1);
    expect(after[0]?.expires_at).toBe(moment(9_000));
  });

  it("follows the order of events of one address", () => {
    const ban = banEvent(5, { ip: "192.0.2.1" });
    const unban = banEvent(6, { kind: "unban", ip: "192.0.2.1" });
    expect(applyEvents([], [ban, unban], view)).toEqual([]);
    expect(ips(applyEvents([], [unban, ban], view))).toEqual(["192.0.2.1"]);
  });

  it("takes in what concerns an address: its own bans, and those of networks around it", () => {
    const events = ["2001:db8::9", "2001:db8::/32", "2001:db9::9"].map((ip, id) => banEvent(id, { ip }));
    expect(ips(applyEvents([], events, { ip: "2001:DB8::9", q: "", sort: "banned_at" }))).toEqual(["2001:db8::9", "2001:db8::/32"]);
  });

  it("respects the filter", () => {
    const ban = banEvent(5, { ip: "192.0.2.1", reason: "Ticket 4711" });
    expect(ips(applyEvents([], [ban], { ...view, q: "ticket" }))).toEqual(["192.0.2.1"]);
    expect(applyEvents([], [ban], { ...view, q: "198.51" })).toEqual([]);
  });

  it("sorts a permanent ban after every other end", () => {
    const bans = [activeBan("192.0.2.1", 1), activeBan("192.0.2.2", 2)];
    const permanent = activeBan("192.0.2.9", 0, { expires_at: null, bantime: -1 });
    expect(ips(insert(bans, permanent, "expires_at"))).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.9"]);
    expect(ips(insert(bans.toReversed(), permanent, "-expires_at"))[0]).toBe("192.0.2.9");
  });

  it("removes an address from one jail or from all", () => {
    const bans = [activeBan("192.0.2.1", 1), activeBan("192.0.2.1", 1, { jail: "nginx" })];
    expect(without(bans, "192.0.2.1", "sshd").map((ban) => ban.jail)).toEqual(["nginx"]);
    expect(without(bans, "192.0.2.1")).toEqual([]);
  });
});
