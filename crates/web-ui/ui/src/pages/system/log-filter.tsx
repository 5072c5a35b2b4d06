// What the answering process writes to its log: shown, changed for a while, and put back.

import { useState } from "preact/hooks";
import { getLog, resetLog, setLog } from "../../api/endpoints.ts";
import { messageOf, Problem } from "../../api/problem.ts";
import type { Log } from "../../api/types.ts";
import { CALM_MS, useRefresh } from "../../state/refresh.ts";
import { useResource } from "../../state/resource.ts";
import { tell, warn } from "../../state/toasts.ts";
import { Choice, Field } from "../../ui/field.tsx";
import { focusSoon } from "../../ui/focus.ts";
import { Remaining } from "../../ui/moments.tsx";
import { Failure } from "../../ui/notice.tsx";
import { Stale } from "../../ui/stale.tsx";

const HEADING = "log-heading";
const FILTER = "log-filter";

const TIMES = [
  ["900", "15 minutes"],
  ["3600", "an hour"],
  ["86400", "a day"],
] as const;

export function LogFilter({ replicas }: { replicas: boolean }) {
  const log = useResource("log", getLog);
  useRefresh(log, CALM_MS);
  return (
    <section aria-labelledby={HEADING}>
      <div class="section-head">
        <h2 id={HEADING} tabIndex={-1}>
          Log
        </h2>
      </div>
      {log.value !== null ? (
        <LogForm log={log.value} replicas={replicas} onChanged={log.reload} />
      ) : (
        log.error !== null && (
          <Failure title="What is logged could not be loaded." error={log.error} onRetry={log.reload} />
        )
      )}
      <Stale of={log} />
    </section>
  );
}

function LogForm({ log, replicas, onChanged }: { log: Log; replicas: boolean; onChanged: () => void }) {
  const [filter, setFilter] = useState("");
  const [time, setTime] = useState<(typeof TIMES)[number][0]>("900");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>(undefined);

  const change = async (call: () => Promise<Log>, done: string): Promise<void> => {
    setBusy(true);
    setWrong(undefined);
    try {
      await call();
      tell(done);
      setFilter("");
      focusSoon(HEADING);
    } catch (error) {
      const field = error instanceof Problem ? error.field("filter") : undefined;
      setWrong(field);
      if (field === undefined) warn(`The log was not changed. ${messageOf(error)}`);
      else focusSoon(FILTER);
    } finally {
      setBusy(false);
      onChanged();
    }
  };

  const submit = (event: Event): void => {
    event.preventDefault();
    const body = { filter, for_secs: Number(time) };
    void change(() => setLog(body), "The log is changed.");
  };

  return (
    <form class="log-form" aria-labelledby={HEADING} onSubmit={submit}>
      <p class="long">
        Logged now: <code>{log.filter}</code>
        {log.until !== null && (
          <>
            , for <Remaining until={log.until} />
          </>
        )}
        {log.filter !== log.configured && (
          <>
            . Configured: <code>{log.configured}</code>
          </>
        )}
      </p>
      {replicas && (
        <p class="muted">This is the log of the process that answered. The others keep theirs as they are.</p>
      )}
      <Field
        id={FILTER}
        label="Log instead"
        value={filter}
        onValue={setFilter}
        mono
        required
        maxLength={1_000}
        hint="A level, or levels by module: info,bangui_api=debug"
        error={wrong}
      />
      <Choice label="For" value={time} onValue={setTime} choices={TIMES} />
      <div class="buttons">
        <button type="submit" disabled={busy}>
          Change the log
        </button>
        {(log.filter !== log.configured || log.until !== null) && (
          <button type="button" disabled={busy} onClick={() => void change(resetLog, "The log is as configured.")}>
            Log as configured
          </button>
        )}
      </div>
    </form>
  );
}
