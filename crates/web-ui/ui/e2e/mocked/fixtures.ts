// Data as the API would send it, with addresses from the documentation ranges only.

import type { Ban, BanEvent, Fail2banState, JailDetail, ListedJail, LogFile, System } from "../../src/api/types.ts";

const BASE = Date.now();

/** RFC 3339 text of a moment relative to the start of the run. */
export const at = (seconds: number): string => new Date(BASE + seconds * 1_000).toISOString();

export const ONLINE: Fail2banState = {
  state: "online",
  version: "1.0.2",
  latency_ms: 2.4,
  jails: 3,
  checked_at: at(-4),
  since: at(-8_040),
  problem: null,
  problems: [],
};

export const OFFLINE: Fail2banState = {
  state: "offline",
  version: "1.0.2",
  latency_ms: null,
  jails: null,
  checked_at: at(-2),
  since: at(-95),
  problem: {
    code: "fail2ban_offline",
    detail: "Nothing listens on the socket /run/fail2ban/fail2ban.sock: connection refused.",
    hint: "See whether fail2ban runs: systemctl status fail2ban. BanGUI connects by itself when it is back.",
  },
  problems: [],
};

export const HUNG: Fail2banState = {
  ...OFFLINE,
  state: "hung",
  version: null,
  problem: {
    code: "timed_out",
    detail: "fail2ban has not answered for 8 s.",
    hint: "fail2ban serves one command at a time: it may be starting, or a slow action may be running. If it stays so, restart fail2ban.",
  },
};

export const SYSTEM: System = {
  version: "0.1.0",
  started_at: at(-86_400 * 3),
  database: "sqlite",
  fail2ban: { ...ONLINE, catch_up: null },
  scheduler: { role: "leader", holder: { host: "host-a", pid: 4711, version: "0.1.0" }, since: at(-86_400 * 3), token: 12 },
  workers: 2,
};

const file = (path: string): LogFile => ({ path, state: "present" });

/** A jail whose log files are all there. */
const reading = (...paths: string[]): Pick<ListedJail, "log" | "watches" | "problem"> => ({
  problem: null,
  log: "watching",
  watches: { files: paths.map(file), journal: [] },
});

export const JAILS: ListedJail[] = [
  { name: "nginx", currently_failed: 41, total_failed: 120_934, currently_banned: 312, total_banned: 9_041, ...reading("/var/log/nginx/error.log") },
  { name: "postfix", currently_failed: 3, total_failed: 8_112, currently_banned: 17, total_banned: 640, ...reading("/var/log/mail.log") },
  { name: "sshd", currently_failed: 9, total_failed: 1_204_117, currently_banned: 1_284, total_banned: 48_210, ...reading("/var/log/auth.log", "/var/log/remote/auth.log") },
];

export const SSHD: JailDetail = {
  ...(JAILS[2] as ListedJail),
  file_list: ["/var/log/auth.log", "/var/log/remote/auth.log"],
  journal_matches: [],
  unreadable: [],
  settings: {
    logpath: ["/var/log/auth.log", "/var/log/remote/auth.log"],
    logencoding: "UTF-8",
    journalmatch: [["_SYSTEMD_UNIT=sshd.service", "_COMM=sshd"]],
    ignoreself: true,
    ignoreip: ["127.0.0.0/8", "::1", "198.51.100.0/28"],
    ignorecommand: null,
    ignorecache: null,
    prefregex: "^(?P<mlfid>(?:\\[\\])?\\s*(?:<[^.]+\\.[^.]+>\\s+)?)(?:(?:error|fatal): (?:PAM: )?)?(?P<content>.+)$",
    failregex: [
      "^[aA]uthentication (?:failure|error|failed) for <F-USER>.*</F-USER> from <HOST>( via \\S+)?(?: \\[preauth\\])?$",
      "^User not known to the underlying authentication module for <F-USER>.*</F-USER> from <HOST>$",
      "^Failed \\b(?!publickey)\\S+ for (?P<cond_inv>invalid user )?<F-USER>(?:\\S+|.*?)</F-USER> from <HOST>(?: port \\d+)?$",
    ],
    ignoreregex: [],
    usedns: "warn",
    findtime: 600,
    bantime: 3_600,
    datepattern: null,
    logtimezone: null,
    maxmatches: 5,
    maxretry: 5,
    maxlines: 1,
    bantime_increment: {
      enabled: true,
      overalljails: false,
      factor: "1",
      formula: "ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor",
      multipliers: null,
      maxtime: 604_800,
      rndtime: null,
    },
    actions: ["iptables-multiport"],
  },
};

const SOURCES = ["203.0.113.7", "198.51.100.23", "2001:db8:4d::1f", "192.0.2.140", "203.0.113.200", "2001:db8::bad:cafe"];

export const BANS: Ban[] = Array.from({ length: 24 }, (_, index): Ban => {
  const manual = index === 3;
  const bantime = index === 5 ? -1 : 3_600 * (1 + (index % 4));
  const banned = -(17 + index * 190);
  return {
    ip: index < SOURCES.length ? (SOURCES[index] as string) : `203.0.113.${index + 10}`,
    jail: "sshd",
    banned_at: at(banned),
    expires_at: bantime < 0 ? null : at(banned + bantime),
    bantime,
    ban_count: index % 5 === 4 ? null : 1 + (index % 4),
    origin: manual ? "manual" : index === 7 ? "restored" : "detected",
    by: manual ? "alice" : null,
    reason: manual ? "scanning the customer portal, ticket 4711" : null,
  };
});

export const EVENTS: BanEvent[] = Array.from({ length: 40 }, (_, index): BanEvent => {
  const jail = ["sshd", "nginx", "sshd", "postfix"][index % 4] as string;
  const unban = index % 6 === 5;
  return {
    id: 10_000 - index,
    ban: 10_000 - index,
    kind: unban ? "unban" : "ban",
    jail,
    ip: index % 5 === 2 ? `2001:db8:${index.toString(16)}::7` : `203.0.113.${(index * 7) % 255}`,
    country: "NL",
    special: null,
    network: { asn: "AS64500", name: "Example Networks" },
    occurred_at: at(-6 - index * 41),
    banned_at: at(-6 - index * 41 - (unban ? 3_600 : 0)),
    expires_at: at(3_600 - index * 41),
    bantime: 3_600,
    ban_count: 1,
    failures: 5,
    origin: unban ? (index % 12 === 5 ? "expired" : "manual") : "detected",
    by: unban && index % 12 !== 5 ? "alice" : null,
    reason: null,
  };
});
