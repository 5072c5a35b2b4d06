// The system: who schedules, and do the background jobs run?

import { getSystem } from "../api/endpoints.ts";
import { CALM_MS, useRefresh } from "../state/refresh.ts";
import { useResource } from "../state/resource.ts";
import { CatchUp } from "../system/catch-up.tsx";
import { Problems } from "../system/problems.tsx";
import { Fact, SystemFacts } from "../system/system-facts.tsx";
import { PageHeading } from "../ui/heading.tsx";
import { Stale } from "../ui/stale.tsx";
import { Jobs } from "./system/jobs.tsx";
import { LogFilter } from "./system/log-filter.tsx";
import { LockStatus } from "./system/lock-status.tsx";
import { Places } from "./system/places.tsx";

export function SystemPage() {
  const system = useResource("system", getSystem);
  useRefresh(system, CALM_MS);
  return (
    <>
      <PageHeading title="System" silent />
      <div>
        <LockStatus system={system.value} error={system.error} onRetry={system.reload} />
        <Stale of={system} />
        <Problems all state={system.value?.fail2ban ?? null} />
      </div>
      <Jobs />
      <Places />
      <LogFilter replicas={system.value !== null && system.value.workers > 1} />
      {system.value !== null && (
        <SystemFacts system={system.value}>
          <Fact name="meant to run as">
            {system.value.workers === 1 ? "one process" : `${system.value.workers} processes`}
          </Fact>
          <CatchUp system={system.value} />
        </SystemFacts>
      )}
    </>
  );
}
