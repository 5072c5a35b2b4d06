// The background jobs: loaded, kept fresh, and started by hand.

import { listJobs } from "../../api/endpoints.ts";
import { BUSY_MS, CALM_MS, useRefresh } from "../../state/refresh.ts";
import { useResource } from "../../state/resource.ts";
import { Failure, Notice } from "../../ui/notice.tsx";
import { Stale } from "../../ui/stale.tsx";
import { JobTable } from "./job-table.tsx";
import { type AskedJobs, useRunNow } from "./use-run-now.ts";

export function Jobs() {
  const loaded = useResource("jobs", async (signal): Promise<AskedJobs> => {
    const askedAt = performance.now();
    const { items } = await listJobs(signal);
    return { jobs: items, askedAt };
  });
  const { states, start } = useRunNow(loaded.value, loaded.reload);
  useRefresh(loaded, states.size > 0 ? BUSY_MS : CALM_MS);
  const jobs = loaded.value?.jobs ?? null;
  return (
    <section aria-labelledby="jobs-heading">
      <div class="section-head">
        <h2 id="jobs-heading">Background jobs</h2>
      </div>
      {jobs === null && loaded.error !== null ? (
        <Failure title="The jobs could not be loaded." error={loaded.error} onRetry={loaded.reload} />
      ) : jobs?.length === 0 ? (
        <Notice title="There is no background job.">
          <p>This server was built without any.</p>
        </Notice>
      ) : (
        <JobTable jobs={jobs} states={states} onRun={start} />
      )}
      <Stale of={loaded} />
      <p class="unseen" role="status">
        {[...states].map(([job, state]) => `${job} is ${state}.`).join(" ")}
      </p>
    </section>
  );
}
