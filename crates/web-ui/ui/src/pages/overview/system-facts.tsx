// What runs here: the facts that a bug report needs.

import type { Scheduler, System } from "../../api/types.ts";
import { Lasting } from "../../ui/moments.tsx";

const DATABASES: Record<System["database"], string> = { sqlite: "SQLite", postgres: "PostgreSQL" };

export function SystemFacts({ system }: { system: System }) {
  return (
    <dl class="system-facts" aria-label="This server">
      <div>
        <dt>BanGUI</dt>
        <dd>{system.version}</dd>
      </div>
      <div>
        <dt>running for</dt>
        <dd>
          <Lasting since={system.started_at} />
        </dd>
      </div>
      <div>
        <dt>database:</dt>
        <dd>{DATABASES[system.database] ?? system.database}</dd>
      </div>
      <div>
        <dt>scheduler:</dt>
        <dd>{scheduler(system.scheduler)}</dd>
      </div>
    </dl>
  );
}

/** Who schedules the jobs. */
function scheduler({ role, holder }: Scheduler): string {
  if (role === "leader") return "this process";
  const other = holder === null ? "no process" : `process ${holder.pid} on ${holder.host}`;
  return role === "lost" ? `lost its lock; ${other} has it` : other;
}
