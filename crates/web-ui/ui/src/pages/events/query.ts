// From the filters in the address to the question for the API.

import type { EventQuery } from "../../api/types.ts";
import { isAddress } from "../../format/address.ts";
import type { EventFilters } from "../../routes/routes.ts";

/** Addresses and networks are asked for as such; local times become points in time. */
export function eventQuery({ jail, kind, origin, q, since, until }: EventFilters): EventQuery {
  return {
    jail,
    kind,
    origin,
    ...(isAddress(q) ? { ip: q } : { q }),
    since: instant(since),
    until: instant(until),
  };
}

/** What an input of type `datetime-local` says, in this browser's time zone; nothing where it says nothing. */
function instant(local: string): string | undefined {
  const date = new Date(local);
  return local === "" || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
