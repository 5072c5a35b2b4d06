// What has just happened: the live feed, or within a filter what the server finds.

import { useEffect } from "preact/hooks";
import { listEvents } from "../../api/endpoints.ts";
import { findEvents } from "../../api/events.ts";
import type { BanEvent, Page } from "../../api/types.ts";
import { EventTable } from "../../events/event-table.tsx";
import { LiveBadge, PauseButton } from "../../events/live-badge.tsx";
import { instant, type View } from "../../filter/view.ts";
import { fill } from "../../live/feed.ts";
import { feed } from "../../live/live.ts";
import { useReconnected } from "../../live/use-live.ts";
import { href } from "../../routes/routes.ts";
import { now } from "../../state/clock.ts";
import { type Resource, useResource } from "../../state/resource.ts";
import { useStore } from "../../state/store.ts";
import { Failure, Notice } from "../../ui/notice.tsx";
import { useQuestion } from "./use-question.ts";

const FIRST_EVENTS = 50;
const SHOWN = 15;

export function NewestEvents({ view }: { view: View }) {
  const live = view.q === "" && view.until === "";
  // The page's first line tells of the newest event of all, whatever is filtered.
  const loaded = useResource("events", (signal) => listEvents({ limit: FIRST_EVENTS }, signal));
  useReconnected(loaded.reload);
  const { value } = loaded;
  useEffect(() => {
    if (value !== null) feed.update((current) => fill(current, value.items));
  }, [value]);
  return (
    <section aria-labelledby="events-heading">
      <div class="section-head">
        <h2 id="events-heading">Newest events</h2>
        {live && (
          <>
            <LiveBadge />
            <PauseButton />
          </>
        )}
        <a href={href({ page: "events", view })}>History</a>
      </div>
      {live ? <Feed loaded={loaded} since={view.since} /> : <Found view={view} />}
    </section>
  );
}

function Feed({ loaded, since }: { loaded: Resource<Page<BanEvent>>; since: string }) {
  const { shown, fresh } = useStore(feed);
  const { value } = loaded;
  const from = since === "" || since === "all" ? undefined : instant(since, now());
  const newest = shown.filter((event) => from === undefined || Date.parse(event.occurred_at) >= from).slice(0, SHOWN);
  if (newest.length === 0 && value === null && loaded.error !== null) {
    return <Failure title="The newest events could not be loaded." error={loaded.error} onRetry={loaded.reload} />;
  }
  if (newest.length === 0 && value !== null && (shown.length > 0 || value.items.length === 0)) {
    return (
      <Notice title={value.items.length === 0 ? "No ban has been recorded yet." : "Nothing has happened in this time."}>
        <p>Bans and unbans appear here as they happen. Nothing needs to be reloaded.</p>
      </Notice>
    );
  }
  return <EventTable caption="Newest bans and unbans" events={newest.length === 0 ? null : newest} fresh={fresh} />;
}

function Found({ view }: { view: View }) {
  const asked = useQuestion("events", view, (query, signal) => findEvents({ ...query, limit: SHOWN }, signal));
  if (asked.value === null && asked.error !== null) {
    return <Failure title="The newest events could not be loaded." error={asked.error} onRetry={asked.reload} />;
  }
  if (asked.value?.items.length === 0) {
    return (
      <Notice title="Nothing matches.">
        <p>Try fewer terms in the filter, or a longer time.</p>
      </Notice>
    );
  }
  return <EventTable caption="Newest bans and unbans" events={asked.value?.items ?? null} />;
}
