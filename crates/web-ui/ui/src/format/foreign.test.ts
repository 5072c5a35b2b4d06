// What browsers and errors say of themselves, made short and harmless.

import { describe, expect, it } from "vitest";
import { browserName } from "./browser.ts";
import { printable } from "./printable.ts";

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("browserName", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128 on Linux"],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903`, "Edge 131 on Windows"],
    [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/156.0.0.0 Safari/537.36`, "Chrome 156 on Linux"],
    [`Mozilla/5.0 (Linux; Android 15; Pixel 9) ${WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36`, "Chrome 131 on Android"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
      "Safari 18 on iPhone",
    ],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
      "Safari 18 on macOS",
    ],
    ["curl/8.5.0", "curl/8.5.0"],
    ["", "not told"],
    [null, "not told"],
  ])("%s", (userAgent, name) => {
    expect(browserName(userAgent)).toBe(name);
  });

  it("keeps what is too long, or cannot be seen, from being shown", () => {
    expect(browserName("x".repeat(5_000))).toBe(`${"x".repeat(40)}…`);
    expect(browserName("a\u202eb c")).toBe("a\ufffdb");
    expect(browserName("(only a comment)")).toBe("(only a comment)");
  });
});

describe("printable", () => {
  it("shows what would act on a line instead of being seen", () => {
    expect(printable("\u001b[31mred\u0000\u007f")).toBe("␛[31mred␀␡");
    expect(printable("a\u202egnp.exe\u200b\u0085")).toBe("a\ufffdgnp.exe\ufffd\ufffd");
  });

  it("leaves lines, tabs and every script alone", () => {
    expect(printable("one\r\ntwo\tthree\n<script> größer 日本語 🦀")).toBe("one\ntwo\tthree\n<script> größer 日本語 🦀");
  });
});
