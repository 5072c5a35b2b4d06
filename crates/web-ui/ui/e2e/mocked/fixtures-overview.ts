// A history as the API would tell it: made up, but with sums that agree with each other, whatever is asked.

import type { Offenders, Timeline, Top, Totals } from "../../src/api/history.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const JAIL_SHARES: Record<string, number> = { sshd: 60, nginx: 22, postfix: 9, dovecot: 6, recidive: 3 };

const COUNTRY_SHARES: Record<string, number> = {
  ...{ CN: 31, US: 22, RU: 14, NL: 11, DE: 9, SG: 8, IN: 7, BR: 6, VN: 5, FR: 4, HK: 4, ID: 3, GB: 3, KR: 2, IR: 2 },
  ...{ UA: 2, PL: 1, ZA: 1, AR: 1, MT: 1, unknown: 5, private: 1 },
};

const NETWORK_SHARES: Record<string, number> = { AS64500: 40, AS64501: 25, AS64502: 12, AS64503: 9, unknown: 8, AS64504: 4 };

const NETWORK_NAMES: Record<string, string> = {
  AS64500: "Example Hosting",
  AS64501: "Cheap Servers of the Documentation, Limited",
  AS64502: "University of Example",
  AS64503: "Example Telecom",
  AS64504: "Another Net",
};

const ADDRESS_SHARES: Record<string, number> = {
  ...{ "203.0.113.7": 12, "198.51.100.23": 9, "2001:db8:4d::1f": 7, "192.0.2.140": 6, "203.0.113.200": 4 },
  ...{ "2001:db8::bad:cafe": 3, "203.0.113.9": 2, "198.51.100.77": 2, "192.0.2.3": 1, "192.0.2.4": 1 },
};

export const SHARES: Record<string, Record<string, number>> = {
  jail: JAIL_SHARES,
  country: COUNTRY_SHARES,
  network: NETWORK_SHARES,
  address: ADDRESS_SHARES,
  origin: { detected: 95, manual: 4, restored: 1 },
};

/** The period of a question, as the server would take it. */
function periodOf(query: URLSearchParams): { since: number; until: number } {
  const until = query.get("until") === null ? Date.now() : Date.parse(query.get("until") ?? "");
  const since = query.get("since");
  if (since === "all") return { since: until - 400 * DAY, until };
  return { since: since === null ? until - 7 * DAY : Date.parse(since), until };
}

const iso = (at: number): string => new Date(at).toISOString().replace("Z", "+00:00");

/** More at night, and one wave of attacks; the same for the same hour. */
function bansAt(at: number, size: number): number {
  const hour = at / HOUR;
  const noise = Math.abs(Math.sin(hour * 12.9898) * 43_758.5453) % 1;
  const day = 1 + Math.cos((hour / 24) * 2 * Math.PI);
  const wave = Math.floor(hour) % 97 < 4 ? 9 : 0;
  return Math.round(((6 + day * 3 + wave) * (0.5 + noise) * size * 6) / HOUR);
}

function split(total: number, shares: Record<string, number>): number[] {
  const all = Object.values(shares).reduce((sum, share) => sum + share, 0);
  const parts = Object.values(shares).map((share) => Math.floor((total * share) / all));
  const left = total - parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part, index) => (index === 0 ? part + left : part));
}

const SIZES: [bucket: Timeline["bucket"], size: number][] = [
  ["PT5M", HOUR / 12],
  ["PT15M", HOUR / 4],
  ["PT1H", HOUR],
  ["PT6H", 6 * HOUR],
  ["P1D", DAY],
  ["P1W", 7 * DAY],
];

function counted({ since, until }: { since: number; until: number }) {
  const [bucket, size] = SIZES.find(([, size]) => (until - since) / size <= 120) ?? (["P1W", 7 * DAY] as const);
  const starts: number[] = [];
  for (let at = Math.floor(since / size) * size; at < until; at += size) starts.push(Math.max(since, at));
  return { bucket, starts, counts: starts.map((at, index) => bansAt(at, (starts[index + 1] ?? until) - at)) };
}

/** `GET /api/history/timeline`. */
export function timeline(url: URL, shares = SHARES[url.searchParams.get("by") ?? "jail"] ?? {}): Timeline {
  const period = periodOf(url.searchParams);
  const { bucket, starts, counts } = counted(period);
  const keys = Object.keys(shares);
  const parts = counts.map((count) => split(count, shares));
  const label = (key: string): string | null => NETWORK_NAMES[key] ?? null;
  return {
    since: iso(period.since),
    until: iso(period.until),
    tz: "UTC",
    bucket,
    starts: starts.map(iso),
    series: keys.slice(0, 8).map((key, index) => ({ key, label: label(key), counts: parts.map((part) => part[index] ?? 0) })),
    others: parts.map((part) => part.slice(8).reduce((sum, count) => sum + count, 0)),
    gaps: [],
  };
}

function bansIn(query: URLSearchParams): number {
  return counted(periodOf(query)).counts.reduce((sum, count) => sum + count, 0);
}

/** `GET /api/history/totals`. */
export function totals(url: URL): Totals {
  const { since, until } = periodOf(url.searchParams);
  const bans = bansIn(url.searchParams);
  const shrink = (part: number): number => Math.ceil(bans * part);
  return {
    since: iso(since),
    until: iso(until),
    bans,
    addresses: shrink(0.61),
    repeaters: shrink(0.12),
    networks: Object.keys(NETWORK_SHARES).length - 1,
    countries: Object.keys(COUNTRY_SHARES).length - 2,
    first: iso(since + HOUR / 2),
    last: iso(until - 12_000),
    before: {
      since: iso(2 * since - until),
      until: iso(since),
      bans: shrink(0.83),
      addresses: shrink(0.55),
      repeaters: shrink(0.12),
      networks: 4,
      countries: 23,
    },
    usual_bans: shrink(0.71),
  };
}

/** `GET /api/history/top`. */
export function top(url: URL): Top {
  const by = (url.searchParams.get("by") ?? "jail") as Top["by"];
  const { since, until } = periodOf(url.searchParams);
  const shares = SHARES[by] ?? {};
  const listed = by === "address" ? Math.round(bansIn(url.searchParams) / 10) : bansIn(url.searchParams);
  const parts = split(listed, shares);
  const rows = Object.keys(shares).map((key, index) => ({
    key,
    label: NETWORK_NAMES[key] ?? null,
    special: null,
    country: by === "address" ? (Object.keys(COUNTRY_SHARES)[index] ?? null) : null,
    network: by === "address" ? { asn: "AS64501", name: NETWORK_NAMES["AS64501"] ?? null } : null,
    bans: parts[index] ?? 0,
    addresses: Math.ceil((parts[index] ?? 0) / 2),
    before: index % 5 === 3 ? 0 : Math.round((parts[index] ?? 0) * (0.5 + (index % 4) / 3)),
  }));
  const limit = Number(url.searchParams.get("limit") ?? 10);
  return {
    since: iso(since),
    until: iso(until),
    by,
    rows: rows.sort((a, b) => b.bans - a.bans).slice(0, limit),
    groups: by === "address" ? 4_711 : rows.length,
    bans: bansIn(url.searchParams),
  };
}

function jailsOf(index: number): string[] {
  if (index === 0) return ["dovecot", "nginx", "postfix", "recidive", "sshd"];
  return index % 3 === 1 ? ["nginx", "sshd"] : ["sshd"];
}

/** `GET /api/history/offenders`. */
export function offenders(url: URL): Offenders {
  const { since, until } = periodOf(url.searchParams);
  const items = Object.keys(ADDRESS_SHARES).map((ip, index) => ({
    ip,
    special: null,
    country: Object.keys(COUNTRY_SHARES)[index] ?? "unknown",
    network: index === 4 ? null : { asn: "AS64501", name: NETWORK_NAMES["AS64501"] ?? null },
    bans: 14 - index,
    jails: jailsOf(index).map((jail, place) => ({
      jail,
      first: iso(until - (6 - index / 3) * DAY),
      last: iso(until - (index + 1) * 0.2 * HOUR),
      first_bantime: place === 0 ? 600 : 1_209_600,
      last_bantime: place > 0 ? 1_209_600 : index === 1 ? -1 : index === 9 ? 600 : 600 * 2 ** (10 - index),
      ban_count: index % 4 === 3 ? null : 14 - index,
    })),
    first: iso(until - (6 - index / 3) * DAY),
    last: iso(until - (index + 1) * 0.2 * HOUR),
    banned_now: index % 2 === 0,
  }));
  return { since: iso(since), until: iso(until), items };
}

/** A fresh install: nothing was ever banned. */
export const NO_TIMELINE = (url: URL): Timeline => {
  const { starts, ...rest } = timeline(url, {});
  return { ...rest, starts, series: [], others: starts.map(() => 0) };
};

export const NO_TOTALS = (url: URL): Totals => {
  const none = { bans: 0, addresses: 0, repeaters: 0, networks: 0, countries: 0 };
  const full = totals(url);
  return { ...full, ...none, first: null, last: null, before: { ...full.before, ...none }, usual_bans: null };
};

export const NO_TOP = (url: URL): Top => ({ ...top(url), rows: [], groups: 0, bans: 0 });

export const NO_OFFENDERS = (url: URL): Offenders => ({ ...offenders(url), items: [] });
