// Events and bans for unit tests.

import type { Ban, BanEvent } from "../api/types.ts";

const START = Date.parse("2026-11-23T18:00:00Z");

/** RFC 3339 text, some seconds after a fixed start. */
export const moment = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();

/** A ban that happened `id` seconds after the start. */
export function banEvent(id: number, changes: Partial<BanEvent> = {}): BanEvent {
  return {
    id,
    ban: id,
    kind: "ban",
    jail: "sshd",
    ip: `203.0.113.${id % 256}`,
    country: "NL",
    special: null,
    network: null,
    occurred_at: moment(id),
    banned_at: moment(id),
    expires_at: moment(id + 600),
    bantime: 600,
    ban_count: 1,
    failures: 5,
    origin: "detected",
    by: null,
    reason: null,
    ...changes,
  };
}

/** A ban that began `at` seconds after the start. */
export function activeBan(ip: string, at: number, changes: Partial<Ban> = {}): Ban {
  return {
    ip,
    jail: "sshd",
    banned_at: moment(at),
    expires_at: moment(at + 600),
    bantime: 600,
    ban_count: 1,
    origin: "detected",
    by: null,
    reason: null,
    ...changes,
  };
}
