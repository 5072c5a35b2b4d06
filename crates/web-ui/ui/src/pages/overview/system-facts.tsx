// What runs here: the facts that a bug report needs.

import type { System } from "../../api/types.ts";
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
        <dd title={system.scheduler.holder ?? undefined}>
          {system.scheduler.role === "leader" ? "this process" : "another process"}
        </dd>
      </div>
    </dl>
  );
}
