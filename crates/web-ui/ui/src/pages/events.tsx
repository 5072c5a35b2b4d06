// The history of bans and unbans, with filters that stand in the address, so that a view can be sent to someone.

import { useLocation } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import { getJails, listEvents } from "../api/endpoints.ts";
import { EventTable } from "../events/event-table.tsx";
import { useEvents } from "../live/use-live.ts";
import { count } from "../format/number.ts";
import { type EventFilters, href, NO_FILTERS } from "../routes/routes.ts";
import { usePages, useResource } from "../state/resource.ts";
import { Choice, Field } from "../ui/field.tsx";
import { PageHeading } from "../ui/heading.tsx";
import { More } from "../ui/more.tsx";
import { Failure, Notice } from "../ui/notice.tsx";
import { eventQuery, mayShow } from "./events/query.ts";

const PAGE = 100;

const KIND_NAMES: Record<EventFilters["kind"], string> = { "": "Bans and unbans", ban: "Bans", unban: "Unbans" };

const ORIGIN_NAMES: Record<EventFilters["origin"], string> = {
  "": "Any",
  detected: "Detected",
  manual: "By hand",
  restored: "Restored at start",
  expired: "Ban time over",
};

export function EventsPage({ filters }: { filters: EventFilters }) {
  const pages = usePages(JSON.stringify(filters), (cursor, signal) =>
    listEvents({ ...eventQuery(filters), limit: PAGE, cursor }, signal),
  );
  const [arrived, setArrived] = useState(0);
  useEvents((events) => setArrived((arrived) => arrived + events.filter((event) => mayShow(event, filters)).length));
  useEffect(() => setArrived(0), [pages.items]);
  const filtered = JSON.stringify(filters) !== JSON.stringify(NO_FILTERS);
  return (
    <>
      <PageHeading title="History" />
      <Filters key={JSON.stringify(filters)} filters={filters} filtered={filtered} />
      {arrived > 0 && pages.items !== null && (
        <button type="button" class="arrived" onClick={pages.reload}>
          {count(arrived)} happened since. Load them
        </button>
      )}
      {pages.items === null && pages.error !== null ? (
        <Failure title="The history could not be loaded." error={pages.error} onRetry={pages.reload} />
      ) : pages.items?.length === 0 ? (
        <Notice title={filtered ? "Nothing in the history matches." : "The history is empty."}>
          <p>
            {filtered
              ? "Try fewer filters, or a longer time."
              : "It begins with the first ban that fail2ban reports, and is kept in BanGUI's database."}
          </p>
        </Notice>
      ) : (
        <>
          <EventTable caption="History of bans and unbans" events={pages.items} skeletonRows={12} />
          <More pages={pages} noun="event" />
        </>
      )}
    </>
  );
}

function Filters({ filters, filtered }: { filters: EventFilters; filtered: boolean }) {
  const { route } = useLocation();
  const jails = useResource("jails", getJails);
  const [draft, setDraft] = useState(filters);
  const go = (next: EventFilters): void => route(href({ page: "events", filters: next }));
  const choose = <Name extends keyof EventFilters>(name: Name) => (value: EventFilters[Name]) => {
    const next = { ...draft, [name]: value };
    setDraft(next);
    go(next);
  };
  const type = (name: keyof EventFilters) => (value: string) => setDraft({ ...draft, [name]: value });
  const known = jails.value?.items.map(({ name }) => name) ?? [];
  // A jail that is gone still has a history.
  const names = filters.jail === "" || known.includes(filters.jail) ? known : [filters.jail, ...known];
  return (
    <form
      class="bar filters"
      aria-label="Filters"
      onSubmit={(event) => {
        event.preventDefault();
        go(draft);
      }}
    >
      <Choice
        label="Jail"
        value={draft.jail}
        onValue={choose("jail")}
        choices={[["", "All"] as const, ...names.map((name) => [name, name] as const)]}
      />
      <Choice label="What" value={draft.kind} onValue={choose("kind")} choices={choices(KIND_NAMES)} />
      <Choice label="Origin" value={draft.origin} onValue={choose("origin")} choices={choices(ORIGIN_NAMES)} />
      <Field label="Address or text" type="search" value={draft.q} onValue={type("q")} />
      <Field label="From" type="datetime-local" value={draft.since} onValue={type("since")} />
      <Field label="To" type="datetime-local" value={draft.until} onValue={type("until")} />
      <button type="submit">Apply</button>
      {filtered && <a href={href({ page: "events", filters: NO_FILTERS })}>Clear</a>}
    </form>
  );
}

function choices<Value extends string>(names: Record<Value, string>): [value: Value, text: string][] {
  return Object.entries(names) as [Value, string][];
}
