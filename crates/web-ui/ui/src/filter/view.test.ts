// Views in addresses and questions, and the terms of a query.

import { describe, expect, it } from "vitest";
import { addTerm, hasName, termsOf, withoutName, withoutTerm } from "./query.ts";
import { fromLocal, EMPTY_VIEW, toLocal, type View, viewFromSearch, viewKey, viewQuery, viewToSearch } from "./view.ts";

const read = (search: string): View => viewFromSearch(new URLSearchParams(search));

describe("views", () => {
  it.each<View>([
    EMPTY_VIEW,
    { q: 'jail:"my jail" -country:NL a&b=c', since: "all", until: "" },
    { q: "", since: "24h", until: "1h" },
    { q: "ip:2001:db8::/32", since: "2026-11-01T00:00:00.000Z", until: "2026-11-02T00:00:00.000Z" },
  ])("%j stands in an address and is read back", (view) => {
    expect(read(viewToSearch(view))).toEqual(view);
  });

  it("leaves out what is no time", () => {
    expect(read("since=soon&until=99999999d")).toEqual(EMPTY_VIEW);
    expect(read("until=all")).toEqual(EMPTY_VIEW);
  });

  it("understands addresses of former versions", () => {
    const view = read("jail=my jail&kind=ban&q=ticket&since=2026-11-23T10:00");
    expect(view.q).toBe('ticket jail:"my jail" kind:ban');
    expect(view.since).toBe(new Date(2026, 10, 23, 10, 0).toISOString());
  });

  it("takes the usual time for the same view, said or not", () => {
    expect(viewKey({ ...EMPTY_VIEW, since: "7d" })).toBe(viewKey(EMPTY_VIEW));
    expect(viewKey({ ...EMPTY_VIEW, since: "30d" })).not.toBe(viewKey(EMPTY_VIEW));
  });
});

describe("questions", () => {
  const now = Date.parse("2026-11-26T12:00:00Z");
  const ask = (changes: Partial<View>) => viewQuery({ ...EMPTY_VIEW, ...changes }, now);

  it("asks for 7 days without a word about the time", () => {
    expect(ask({})).toMatchObject({ q: "", since: "2026-11-19T12:00:00.000Z", until: "" });
  });

  it("leaves the time to the query where that names one, and the view does not", () => {
    expect(ask({ q: "since:30d" }).since).toBe("");
    expect(ask({ q: "since:30d", since: "1h" }).since).toBe("2026-11-26T11:00:00.000Z");
  });

  it("counts the usual time back from the end, and any other from now", () => {
    const until = "2026-11-20T00:00:00.000Z";
    expect(ask({ until })).toMatchObject({ since: "2026-11-13T00:00:00.000Z", until });
    expect(ask({ since: "24h", until: "1h" })).toMatchObject({
      since: "2026-11-25T12:00:00.000Z",
      until: "2026-11-26T11:00:00.000Z",
    });
    expect(ask({ since: "all" })).toMatchObject({ since: "all", until: "" });
  });

  it("reads and writes local times", () => {
    const at = new Date(2026, 2, 29, 3, 30).getTime();
    expect(toLocal(at)).toBe("2026-03-29T03:30");
    expect(fromLocal(toLocal(at))).toBe(new Date(at).toISOString());
    expect([fromLocal(""), fromLocal("soon")]).toEqual(["", ""]);
  });
});

describe("terms", () => {
  it("tells names from plain text", () => {
    const [jail, not, text, unknown] = termsOf('jail:sshd,"my jail" -country:NL "by mistake" reason:"x y"');
    expect(jail).toMatchObject({ name: "jail", negated: false, values: ["sshd", "my jail"], from: 0, to: 19 });
    expect(not).toMatchObject({ name: "country", negated: true, values: ["NL"] });
    expect(text).toMatchObject({ name: "", values: ["by mistake"] });
    expect(unknown).toMatchObject({ name: "", text: 'reason:"x y"' });
  });

  it("knows the colons of addresses, and quotes that are left open", () => {
    expect(termsOf("ip:2001:db8::7")).toMatchObject([{ name: "ip", values: ["2001:db8::7"] }]);
    expect(termsOf("2001:db8::7")).toMatchObject([{ name: "" }]);
    expect(termsOf('a "b c')).toMatchObject([{ text: "a" }, { text: '"b c' }]);
    expect(termsOf('"a \\" b" "c\\')).toMatchObject([{ values: ['a " b'] }, { text: '"c\\' }]);
    expect(termsOf("  ")).toEqual([]);
  });

  it("takes a term away, and nothing else", () => {
    const q = "jail:sshd  ticket jail:sshd";
    const [first] = termsOf(q);
    expect(withoutTerm(q, first as (typeof first & object))).toBe("ticket jail:sshd");
    expect(withoutName("since:7d a asn:64500 until:1d", "since")).toBe("a asn:64500 until:1d");
    expect(hasName("asn:64500", "network")).toBe(true);
  });
});

describe("addTerm", () => {
  it.each([
    ["", "jail", "sshd", "jail:sshd"],
    ["ticket", "jail", "my jail", 'ticket jail:"my jail"'],
    ["jail:sshd,nginx kind:ban", "jail", "nginx", "jail:nginx kind:ban"],
    ["jail:a x jail:b", "jail", "c", "jail:c x"],
    ["asn:64500 x", "network", "AS64501", "network:AS64501 x"],
    ["-jail:sshd,nginx", "jail", "sshd", "-jail:nginx jail:sshd"],
    ["-jail:sshd", "jail", "sshd", "jail:sshd"],
    ["-jail:nginx", "-jail", "sshd", "-jail:nginx,sshd"],
    ["jail:sshd,nginx", "-jail", "sshd", "jail:nginx -jail:sshd"],
    ["jail:sshd", "-jail", "sshd", "-jail:sshd"],
    ["x", "jail", 'a"b\\', 'x jail:"a\\"b\\\\"'],
  ])("%j with %s %j is %j", (q, name, value, expected) => {
    expect(addTerm(q, name, value)).toBe(expected);
    expect(addTerm(expected, name, value)).toBe(expected);
  });
});
