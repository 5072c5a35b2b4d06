// Whether an address is banned: one answer, however it and the bans are spelled.

import { describe, expect, it } from "vitest";
import type { Ban } from "../api/types.ts";
import { concerns, isWithin, sameAddress } from "../format/address.ts";
import type { UnknownBans } from "../server/unknown-bans.ts";
import { banSentence, banState, isBanned } from "./ban-state.ts";

const ban = (ip: string, jail = "sshd"): Ban => ({
  ip,
  jail,
  banned_at: "2026-11-23T10:00:00.000Z",
  expires_at: null,
  bantime: -1,
  ban_count: null,
  origin: "detected",
  by: null,
  reason: null,
});

const told = (ip: string, bans: Ban[], more = false, unknown: UnknownBans = []): string =>
  banSentence(ip, banState(ip, bans), { more, unknown });

describe("addresses", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7/32", true],
    ["2001:DB8:0::9", "2001:db8::9", true],
    ["2001:db8::9/128", "2001:db8::9", true],
    ["::ffff:192.0.2.60", "192.0.2.60", true],
    ["::ffff:c000:23c", "192.0.2.60", true],
    ["203.0.113.0/24", "203.0.113.0/25", false],
    ["::cb00:7107", "203.0.113.7", false],
    ["mallory", "mallory", true],
    ["mallory", "203.0.113.7", false],
  ])("%s and %s: one is %s", (one, other, same) => {
    expect(sameAddress(one, other)).toBe(same);
  });

  it.each([
    ["203.0.113.7", "203.0.113.0/24"],
    ["2001:DB8::9", "2001:db8::9"],
    ["mallory", "mallory"],
  ])("%s and %s concern each other", (one, other) => {
    expect([concerns(one, other), concerns(other, one), concerns(one, "198.51.100.1")]).toEqual([true, true, false]);
  });

  it.each([
    ["203.0.113.7", "203.0.113.0/24", true],
    ["203.0.113.0/25", "203.0.113.0/24", true],
    ["203.0.113.0/24", "203.0.113.0/25", false],
    ["203.0.114.7", "203.0.113.0/24", false],
    ["255.255.255.255", "0.0.0.0/0", true],
    ["2001:db8:1::7", "2001:db8::/32", true],
    ["2001:db9::7", "2001:db8::/32", false],
    ["203.0.113.7", "::/0", false],
    ["x", "203.0.113.0/24", false],
  ])("%s within %s: %s", (inner, outer, within) => {
    expect(isWithin(inner, outer)).toBe(within);
  });
});

describe("the state of a ban", () => {
  it("is the address's own, in every spelling", () => {
    expect(told("203.0.113.7", [ban("203.0.113.7"), ban("203.0.113.7", "nginx")])).toBe("203.0.113.7 is banned in sshd, nginx.");
    expect(told("2001:DB8::9", [ban("2001:db8::9")])).toBe("2001:DB8::9 is banned in sshd.");
    expect(isBanned(banState("2001:DB8::9", [ban("2001:db8::9")]))).toBe(true);
  });

  it("is that of a network around it", () => {
    const network = ban("203.0.113.0/24", "nginx");
    expect(told("203.0.113.7", [network])).toBe("203.0.113.7 is banned as part of 203.0.113.0/24 in nginx.");
    expect(told("203.0.113.7", [network, ban("203.0.113.7")])).toBe(
      "203.0.113.7 is banned in sshd. It is also part of 203.0.113.0/24 in nginx.",
    );
    expect(isBanned(banState("203.0.113.7", [network]))).toBe(true);
  });

  it("tells of a network what is banned within it, and no more than is known", () => {
    const inside = [ban("203.0.113.7"), ban("203.0.113.8")];
    expect(told("203.0.113.0/24", inside)).toBe("203.0.113.0/24 itself is not banned, but 2 bans lie within it.");
    expect(told("203.0.113.0/24", inside, true)).toBe("203.0.113.0/24 itself is not banned, but more than 2 bans lie within it.");
    expect(told("203.0.113.0/24", [...inside.slice(1), ban("203.0.113.0/24")])).toBe(
      "203.0.113.0/24 is banned in sshd. 1 ban lies within it.",
    );
    expect(isBanned(banState("203.0.113.0/24", inside))).toBe(false);
    expect(told("203.0.113.9", [])).toBe("203.0.113.9 is not banned.");
  });

  it("claims nothing of jails whose bans cannot be read", () => {
    const ip = "203.0.113.7";
    expect(told(ip, [], false, ["sshd"])).toBe("No ban of 203.0.113.7 is known; the bans of sshd cannot be read.");
    expect(told(ip, [], false, "all")).toBe("No ban of 203.0.113.7 is known; what fail2ban bans is not recorded.");
    expect(told(ip, [], false, ["a", "b", "c", "d", "e"])).toContain("the bans of a, b, c and 2 more cannot be read.");
    expect(told(ip, [ban(ip, "nginx")], false, ["sshd"])).toBe(
      "203.0.113.7 is banned in nginx. The bans of sshd cannot be read.",
    );
    expect(told(ip, [ban(ip, "nginx")], false, "all")).toBe("203.0.113.7 is banned in nginx.");
    expect(told("203.0.113.0/24", [ban(ip)], false, ["sshd", "nginx"])).toBe(
      "No ban of 203.0.113.0/24 itself is known, but 1 ban lies within it. The bans of sshd and nginx cannot be read.",
    );
  });
});
