// From the filters in the address to the question for the API.

import type { BanEvent, EventQuery } from "../../api/types.ts";
import { isAddress, isNetwork } from "../../format/address.ts";
import type { EventFilters } from "../../routes/routes.ts";

/** Addresses and networks are asked for as such; local times become points in time. */
export function eventQuery({ jail, kind, origin, q, since, until }: EventFilters): EventQuery {
  return {
    jail,
    kind: kind === "" ? undefined : kind,
    origin: origin === "" ? undefined : origin,
    ...(isAddress(q) ? { ip: q } : { q }),
    since: instant(since),
    until: instant(until),
  };
}

/** Whether an event that has just happened belongs into the view; networks are left for the API to tell. */
export function mayShow(event: BanEvent, { jail, kind, origin, q, until }: EventFilters): boolean {
  if (until !== "" && Date.parse(event.occurred_at) > new Date(until).getTime()) return false;
  const wanted: [filter: string, value: string][] = [
    [jail, event.jail],
    [kind, event.kind],
    [origin, event.origin],
  ];
  if (!wanted.every(([filter, value]) => filter === "" || filter === value)) return false;
  return isNetwork(q) || [event.ip, event.jail, event.reason, event.by].some((text) => text?.includes(q));
}

/** What an input of type `datetime-local` says, in this browser's time zone; nothing where it says nothing. */
function instant(local: string): string | undefined {
  const date = new Date(local);
  return local === "" || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
