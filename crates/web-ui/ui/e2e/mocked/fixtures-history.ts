// A history of any length, and what else is asked about it, with addresses from the documentation ranges only.

import type { AddressDetail, Completions, Matches } from "../../src/api/events.ts";
import type { Timeline } from "../../src/api/history.ts";
import type { BanEvent } from "../../src/api/types.ts";
import { at, BANS, EVENTS } from "./fixtures.ts";

const PLACES: [country: string, asn: string | null, name: string | null][] = [
  ["NL", "AS64500", "Example Hosting"],
  ["DE", "AS64501", "Beispiel Rechenzentrum und Netzbetrieb GmbH"],
  ["private", null, null],
  ["BR", "AS64502", null],
  ["unknown", null, null],
];

const REASON = "scanning the customer portal since Tuesday, ticket 4711, to be looked at again with the network team";

/** The event with a number: the larger, the newer. */
export function numbered(id: number, newest: number): BanEvent {
  const [country, asn, name] = PLACES[id % PLACES.length] as (typeof PLACES)[number];
  const manual = id % 97 === 0;
  const unban = id % 7 === 3;
  const happened = -6 - (newest - id) * 41;
  return {
    id,
    ban: unban ? id - 1 : id,
    kind: unban ? "unban" : "ban",
    jail: ["sshd", "nginx-limit-req", "sshd", "postfix"][id % 4] as string,
    ip: id % 5 === 2 ? `2001:db8:${(id % 65_536).toString(16)}::7` : `203.0.113.${id % 255}`,
    country,
    special: country === "private" ? "private" : null,
    network: asn === null ? null : { asn, name },
    occurred_at: at(happened),
    banned_at: at(happened - (unban ? 3_600 : 0)),
    expires_at: at(happened + 3_600),
    bantime: id % 31 === 0 ? -1 : 3_600 * (1 + (id % 4)),
    ban_count: 1 + (id % 4),
    failures: 5 + (id % 9),
    origin: manual ? "manual" : unban ? "expired" : "detected",
    by: manual ? "alice" : null,
    reason: manual ? REASON : null,
  };
}

/** Answers as the server does: a page of the events up to `newest`, behind the cursor. */
export function eventsAnswer(newest: () => number, oldest = 1) {
  return (url: URL) => {
    const limit = Number(url.searchParams.get("limit") ?? 50);
    const cursor = url.searchParams.get("cursor");
    const until = Date.parse(url.searchParams.get("until") ?? "");
    const since = Date.parse(url.searchParams.get("since") ?? "");
    const top = newest();
    const newer = url.searchParams.get("newer");
    if (newer !== null) {
      const up = Math.min(top, Number(newer) + limit);
      const items = Array.from({ length: up - Number(newer) }, (_, index) => numbered(up - index, top));
      return { body: { items, next: items.length === 0 ? null : String(Number(newer) + 1), newer: up === top ? null : String(up) } };
    }
    let first = cursor === null ? top : Number(cursor) - 1;
    if (cursor === null && !Number.isNaN(until)) {
      while (first >= oldest && Date.parse(numbered(first, top).occurred_at) >= until) first -= 1;
    }
    const items: BanEvent[] = [];
    for (let id = first; id >= oldest && items.length < limit; id -= 1) {
      const event = numbered(id, top);
      if (!Number.isNaN(since) && url.searchParams.has("until") && Date.parse(event.occurred_at) < since) break;
      items.push(event);
    }
    const last = items.at(-1)?.id ?? oldest;
    const head = items[0]?.id;
    return { body: { items, next: last <= oldest ? null : String(last), newer: head === undefined ? null : String(head) } };
  };
}

/** The few events that pages other than the history show, as the history has them. */
export const PLACED: BanEvent[] = EVENTS.map((event, index) => ({
  ...event,
  ban: event.id,
  country: PLACES[index % PLACES.length]?.[0] ?? "unknown",
  special: null,
  network: { asn: "AS64500", name: "Example Hosting" },
}));

export const GAPS: Timeline["gaps"] = [
  { since: at(-6 - 41 * 10 - 30), until: at(-6 - 41 * 10 - 5), cause: "fail2ban_away" },
  { since: at(-6 - 41 * 20 - 30), until: at(-6 - 41 * 20 - 5), cause: "unwatched" },
];

export const MATCHES: Matches = {
  lines: [
    "Nov 26 11:02:14 gate sshd[4711]: Failed password for invalid user admin from 203.0.113.7 port 51234 ssh2",
    "Nov 26 11:02:16 gate sshd[4711]: Failed password for invalid user oracle from 203.0.113.7 port 51240 ssh2",
    "Nov 26 11:02:19 gate sshd[4711]: Connection closed by invalid user oracle 203.0.113.7 port 51240 [preauth]",
  ],
  cut: false,
};

export const HOSTILE: Matches = {
  lines: [
    `<script>window.hacked = true</script><img src=x onerror="window.hacked = true">`,
    "\u001b[31mred\u001b[0m \u0007bell\u0000\u0000\u0000 nul",
    "user=\u202egnp.exe\u202c from \u2066203.0.113.7\u2069 \u200bhidden",
    "שלום from العربية 203.0.113.7",
    `stacked a${"\u0301\u0310\u0337\u0489".repeat(100)}`,
    "first\nNov 26 11:02:14 gate sshd[1]: Accepted password for root",
    "A".repeat(1_048_576),
  ],
  cut: true,
};

const [FIRST] = BANS;

export function addressAnswer(url: URL): { body: AddressDetail } {
  const ip = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
  return {
    body: {
      ip,
      country: "NL",
      special: null,
      network: { asn: "AS64500", name: "Example Hosting" },
      host: "scan-7.example.net",
      bans: 17,
      within: ip.includes("/") ? 6 : null,
      around: 0,
      first: at(-86_400 * 210),
      last: at(-17),
      jails: [
        { jail: "sshd", bans: 12, failures: 71, first: at(-86_400 * 210), last: at(-17), longest: 604_800, ban_count: 12 },
        { jail: "postfix", bans: 4, failures: 20, first: at(-86_400 * 90), last: at(-86_400 * 3), longest: 3_600, ban_count: null },
        { jail: "nginx", bans: 1, failures: null, first: at(-86_400 * 4), last: at(-86_400 * 4), longest: -1, ban_count: 1 },
      ],
      active: FIRST === undefined ? [] : [{ ...FIRST, ip }],
      more: false,
      neighbours: [
        { ip: "203.0.113.8", bans: 31 },
        { ip: "203.0.113.11", bans: 4 },
        { ip: "203.0.113.200", bans: 1 },
      ],
    },
  };
}

export const NEVER_BANNED: Partial<AddressDetail> = {
  bans: 0,
  first: null,
  last: null,
  jails: [],
  active: [],
  neighbours: [],
};

const NAMES: Completions["items"] = [
  { text: "jail:", about: "sshd" },
  { text: "ip:", about: "203.0.113.7 or 203.0.113.0/24" },
  { text: "country:", about: "NL, private or unknown" },
  { text: "network:", about: "AS64500" },
  { text: "kind:", about: "ban or unban" },
];

/** Names, and the jails behind `jail:`. */
export function completionsAnswer(url: URL): { body: Completions } {
  const at = Number(url.searchParams.get("at"));
  const before = (url.searchParams.get("q") ?? "").slice(0, at);
  const word = /\S*$/.exec(before)?.[0] ?? "";
  const [name, value] = word.includes(":") ? [word.slice(0, word.indexOf(":")), word.slice(word.indexOf(":") + 1)] : [word];
  const values = name === "jail" ? ["nginx", "postfix", "sshd"].map((text) => ({ text, about: null })) : [];
  const items = value === undefined ? NAMES : values;
  const typed = value ?? name;
  return { body: { from: at - typed.length, to: at, items: items.filter(({ text }) => text.startsWith(typed)) } };
}
