// The overview: is fail2ban working, what do the jails do, what has just happened.

import { useEffect } from "preact/hooks";
import { getJails, getSystem, listEvents } from "../api/endpoints.ts";
import { EventTable } from "../events/event-table.tsx";
import { LiveBadge, PauseButton } from "../events/live-badge.tsx";
import { EMPTY_VIEW } from "../filter/view.ts";
import { fill } from "../live/feed.ts";
import { fail2ban, feed, liveJails } from "../live/live.ts";
import { useReconnected } from "../live/use-live.ts";
import { href } from "../routes/routes.ts";
import { useResource } from "../state/resource.ts";
import { useStore } from "../state/store.ts";
import { schedulerWords } from "../system/holder.ts";
import { Fact, SystemFacts } from "../system/system-facts.tsx";
import { PageHeading } from "../ui/heading.tsx";
import { Failure, Notice } from "../ui/notice.tsx";
import { JailTable } from "./overview/jail-table.tsx";
import { StatusLine } from "./overview/status-line.tsx";

const FIRST_EVENTS = 50;

export function OverviewPage() {
  const system = useResource("system", getSystem);
  const state = useStore(fail2ban);
  return (
    <>
      <PageHeading title="Overview" silent />
      <StatusLine state={state ?? system.value?.fail2ban ?? null} error={system.error} onRetry={system.reload} />
      <div class="overview">
        <Jails />
        <NewestEvents />
      </div>
      {system.value !== null && (
        <SystemFacts system={system.value}>
          <Fact name="scheduler:">
            <a href={href({ page: "system" })}>{schedulerWords(system.value.scheduler)}</a>
          </Fact>
        </SystemFacts>
      )}
    </>
  );
}

function Jails() {
  const loaded = useResource("jails", getJails);
  const live = useStore(liveJails);
  useReconnected(loaded.reload);
  const state = useStore(fail2ban);
  const jails = live?.items ?? loaded.value?.items ?? null;
  const observedAt = live?.observed_at ?? loaded.value?.observed_at ?? null;
  const offline = state === null ? loaded.value?.online === false : state.state !== "online";
  return (
    <section aria-labelledby="jails-heading">
      <div class="section-head">
        <h2 id="jails-heading">Jails</h2>
      </div>
      {jails === null && loaded.error !== null ? (
        <Failure title="The jails could not be loaded." error={loaded.error} onRetry={loaded.reload} />
      ) : jails?.length === 0 && offline ? (
        <Notice title="The jails are not known yet.">
          <p>They appear here as soon as fail2ban answers.</p>
        </Notice>
      ) : jails?.length === 0 ? (
        <Notice title="fail2ban has no jail.">
          <p>
            Jails are switched on in fail2ban's configuration, for example with <code>enabled = true</code> under{" "}
            <code>[sshd]</code> in <code>jail.local</code>. After a reload of fail2ban they appear here.
          </p>
        </Notice>
      ) : (
        <JailTable jails={jails} asOf={offline ? observedAt : null} />
      )}
    </section>
  );
}

function NewestEvents() {
  const loaded = useResource("events", (signal) => listEvents({ limit: FIRST_EVENTS }, signal));
  const { shown, fresh } = useStore(feed);
  useReconnected(loaded.reload);
  const { value } = loaded;
  useEffect(() => {
    if (value !== null) feed.update((current) => fill(current, value.items));
  }, [value]);
  const nothingYet = shown.length === 0;
  return (
    <section aria-labelledby="events-heading">
      <div class="section-head">
        <h2 id="events-heading">Newest events</h2>
        <LiveBadge />
        <PauseButton />
        <a href={href({ page: "events", view: EMPTY_VIEW })}>History</a>
      </div>
      {nothingYet && loaded.error !== null ? (
        <Failure title="The newest events could not be loaded." error={loaded.error} onRetry={loaded.reload} />
      ) : nothingYet && value !== null && value.items.length === 0 ? (
        <Notice title="Nothing has been banned yet.">
          <p>Bans and unbans appear here as they happen. Nothing needs to be reloaded.</p>
        </Notice>
      ) : (
        <EventTable caption="Newest bans and unbans" events={nothingYet ? null : shown} fresh={fresh} />
      )}
    </section>
  );
}
