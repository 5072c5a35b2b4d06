// Numbers, lengths and points in time, as they are shown.

import { describe, expect, it } from "vitest";
import { isAddress, isNetwork } from "./address.ts";
import { banLength, duration, millis, remaining, setting } from "./duration.ts";
import { count, counted } from "./number.ts";
import { cause } from "./origin.ts";
import { ago, exact } from "./time.ts";

const NOW = Date.parse("2026-11-23T18:00:00Z");
const inSeconds = (seconds: number): string => new Date(NOW + seconds * 1_000).toISOString();

describe("duration", () => {
  it.each([
    [0, "0 s"],
    [0.9, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [90, "1 min 30 s"],
    [600, "10 min"],
    [3_599, "59 min 59 s"],
    [3_600, "1 h"],
    [3_601, "1 h"],
    [90_000, "1 d 1 h"],
    [604_800, "1 w"],
    [-5, "0 s"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it("tells a permanent ban from a long one", () => {
    expect(banLength(-1)).toBe("permanent");
    expect(banLength(86_400)).toBe("1 d");
    expect(setting(-1)).toBe("permanent (-1)");
    expect(setting(600)).toBe("10 min (600 s)");
    expect(setting(30)).toBe("30 s");
  });

  it("counts down to the end of a ban, and says when the end is due", () => {
    expect(remaining(inSeconds(61), NOW)).toBe("1 min 1 s");
    expect(remaining(inSeconds(0), NOW)).toBe("ending");
    expect(remaining(inSeconds(-30), NOW)).toBe("ending");
    expect(remaining(null, NOW)).toBe("permanent");
  });
});

describe("millis", () => {
  it.each([
    [0, "under 1 ms"],
    [0.4, "under 1 ms"],
    [2.44, "2.4 ms"],
    [3, "3 ms"],
    [310.6, "311 ms"],
    [1_240, "1.2 s"],
    [5_000, "5 s"],
    [125_000, "2 min 5 s"],
  ])("%d ms are %s", (ms, text) => {
    expect(millis(ms)).toBe(text);
  });
});

describe("ago", () => {
  it.each([
    [0, "now"],
    [-1, "now"],
    [-12, "12 s ago"],
    [-61, "1 min ago"],
    [-7_300, "2 h ago"],
    [-86_400 * 5, "5 d ago"],
    [300, "in 5 min"],
  ])("%d seconds from now is %s", (seconds, text) => {
    expect(ago(inSeconds(seconds), NOW)).toBe(text);
  });

  it("becomes a date after a month", () => {
    expect(ago("2026-09-01T12:00:00Z", NOW)).toBe("2026-09-01");
  });

  it("shows what cannot be read as it is", () => {
    expect(ago("yesterday", NOW)).toBe("yesterday");
    expect(exact("yesterday")).toBe("yesterday");
  });

  it("is exact to the second, with the offset from UTC", () => {
    const text = exact("2026-11-23T18:40:12Z");
    expect(text).toMatch(/^2026-11-2[234] \d\d:\d\d:12 [+-]\d\d:\d\d$/);
    expect(Date.parse(text.replace(" ", "T").replace(" ", ""))).toBe(Date.parse("2026-11-23T18:40:12Z"));
  });
});

describe("numbers", () => {
  it("separates thousands and fits the noun", () => {
    expect(count(1_204_117)).toBe("1,204,117");
    expect([counted(0, "jail"), counted(1, "jail"), counted(2, "jail")]).toEqual(["0 jails", "1 jail", "2 jails"]);
    expect(counted(2, "ban lies", "bans lie")).toBe("2 bans lie");
  });
});

describe("cause", () => {
  it("names who did it, and owns up where BanGUI does not know", () => {
    expect(cause({ origin: "manual", by: "alice" })).toBe("by alice");
    expect(cause({ origin: "manual", by: null })).toBe("outside BanGUI");
    expect(cause({ origin: "detected", by: null })).toBe("detected");
  });
});

describe("isAddress", () => {
  it.each(["203.0.113.7", "0.0.0.0", "255.255.255.255", "203.0.113.0/24", "::1", "2001:db8::7", "2001:db8::/32", "::ffff:192.0.2.1"])(
    "knows %s",
    (text) => {
      expect(isAddress(text)).toBe(true);
    },
  );

  it.each(["", "999.1.1.1", "203.0.113", "203.0.113.7.", "203.0.113.7/33", "1.2.3.4; id", "sshd", "a:b", ":", "2001:db8::/129", "::1::"])(
    "does not take %j for one",
    (text) => {
      expect(isAddress(text)).toBe(false);
    },
  );

  it("tells networks from addresses", () => {
    expect(isNetwork("203.0.113.0/24")).toBe(true);
    expect(isNetwork("203.0.113.0")).toBe(false);
    expect(isNetwork("a/b")).toBe(false);
  });
});
