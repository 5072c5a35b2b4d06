// The history of bans and unbans.

import { useLocation } from "preact-iso";
import { findEvents } from "../api/events.ts";
import { EventTable } from "../events/event-table.tsx";
import { FilterBar } from "../filter/filter-bar.tsx";
import { viewKey, viewQuery } from "../filter/view.ts";
import { type EventsRoute, href } from "../routes/routes.ts";
import { usePages } from "../state/resource.ts";
import { PageHeading } from "../ui/heading.tsx";
import { More } from "../ui/more.tsx";

export function EventsPage({ view }: EventsRoute) {
  const { route } = useLocation();
  const pages = usePages(viewKey(view), (cursor, signal) => findEvents({ ...viewQuery(view), limit: 100, cursor }, signal));
  return (
    <>
      <PageHeading title="History" />
      <FilterBar view={view} onView={(view) => route(href({ page: "events", view }))} error={pages.error} />
      <EventTable caption="History of bans and unbans" events={pages.items} skeletonRows={12} />
      <More pages={pages} noun="event" />
    </>
  );
}
