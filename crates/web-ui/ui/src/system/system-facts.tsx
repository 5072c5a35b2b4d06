// What runs here: the facts that a bug report needs.

import type { ComponentChildren } from "preact";
import type { System } from "../api/types.ts";
import { Lasting } from "../ui/moments.tsx";

const DATABASES: Record<System["database"], string> = { sqlite: "SQLite", postgres: "PostgreSQL" };

/** The children are further facts. */
export function SystemFacts({ system, children }: { system: System; children?: ComponentChildren }) {
  return (
    <dl class="system-facts" aria-label="This server">
      <Fact name="BanGUI">{system.version}</Fact>
      <Fact name="running for">
        <Lasting since={system.started_at} />
      </Fact>
      <Fact name="database:">{DATABASES[system.database] ?? system.database}</Fact>
      {children}
    </dl>
  );
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
