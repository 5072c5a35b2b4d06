// The process that holds the scheduler lock, and what this one is to it, in words.

import type { Holder, Scheduler } from "../api/types.ts";

/** "process 4711 on host-a", or "no process". */
export function holderWords(holder: Holder | null): string {
  return holder === null ? "no process" : `process ${holder.pid} on ${holder.host}`;
}

/** Who schedules the jobs, in a few words. */
export function schedulerWords({ role, holder }: Scheduler): string {
  if (role === "leader") return "this process";
  return role === "lost" ? `lost its lock, which ${holderWords(holder)} had last` : holderWords(holder);
}
