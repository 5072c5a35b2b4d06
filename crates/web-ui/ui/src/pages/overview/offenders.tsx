// Addresses that came back, and whether fail2ban bans them for longer each time.

import { getOffenders, type Offender, type OffenderJail } from "../../api/history.ts";
import type { View } from "../../filter/view.ts";
import { banLength } from "../../format/duration.ts";
import { countryName } from "../../format/country.ts";
import { count } from "../../format/number.ts";
import { printable } from "../../format/printable.ts";
import { AddressLink, JailLink } from "../../ui/links.tsx";
import { Ago } from "../../ui/moments.tsx";
import { Failure, Notice } from "../../ui/notice.tsx";
import { NumberLink } from "../../ui/number-link.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { bansOfGroup } from "./leads.ts";
import { useQuestion } from "./use-question.ts";

const SHOWN = 10;
const JAILS = 4;

export function Offenders({ view }: { view: View }) {
  const asked = useQuestion("offenders", view, (query, signal) => getOffenders(SHOWN, query, signal));
  const items = asked.value?.items ?? null;
  return (
    <section aria-labelledby="offenders-heading" class={asked.pending ? "pending" : ""}>
      <div class="section-head">
        <h2 id="offenders-heading" tabIndex={-1}>
          Came back
        </h2>
      </div>
      {items === null && asked.error !== null ? (
        <Failure title="Who came back could not be loaded." error={asked.error} onRetry={asked.reload} />
      ) : items?.length === 0 ? (
        <Notice title="Nobody came back in this time.">
          <p>Addresses that are banned more than once are listed here, with the length of their bans.</p>
        </Notice>
      ) : (
        <Table
          name="offenders"
          caption="Addresses that were banned more than once"
          columns={columns(view)}
          rows={items}
          rowKey={({ ip }) => ip}
        />
      )}
    </section>
  );
}

function columns(view: View): Column<Offender>[] {
  return [
    {
      key: "ip",
      head: "Address",
      names: true,
      cell: ({ ip, banned_now }) => (
        <>
          <AddressLink ip={ip} /> {banned_now && <span class="banned-now">banned now</span>}
        </>
      ),
    },
    { key: "place", head: "From", cell: (offender) => <Place place={placeOf(offender)} /> },
    {
      key: "bans",
      head: "Bans",
      numeric: true,
      cell: ({ ip, bans }) => <NumberLink value={bans} href={bansOfGroup(view, "address", ip)} />,
    },
    { key: "in", head: "Banned for, by jail", cell: ({ jails }) => <Jails jails={jails} /> },
    { key: "first", head: "First", cell: ({ first }) => <Ago at={first} /> },
    { key: "last", head: "Last", cell: ({ last }) => <Ago at={last} /> },
  ];
}

function Place({ place }: { place: string }) {
  return (
    <span class="place" title={place}>
      {place}
    </span>
  );
}

function placeOf({ country, special, network }: Offender): string {
  const name = network === null ? "" : printable(network.name ?? network.asn);
  return [countryName(country, special), name].filter((part) => part !== "").join(", ");
}

function Jails({ jails }: { jails: OffenderJail[] }) {
  return (
    <ul class="plain escalations">
      {jails.slice(0, JAILS).map((one) => (
        <li key={one.jail}>
          <JailLink jail={one.jail} /> <Escalation {...one} />
        </li>
      ))}
      {jails.length > JAILS && <li class="muted">and {jails.length - JAILS} more</li>}
    </ul>
  );
}

/** Jails ban for different lengths: whether bans grow is told by those of one jail. */
function Escalation({ first_bantime: first, last_bantime: last, ban_count: times }: OffenderJail) {
  return (
    <span>
      {first === last ? banLength(last) : `${banLength(first)} → ${banLength(last)}`}
      {times !== null && (
        <span class="muted" title="The count of bans that fail2ban lengthens them by">
          {" "}
          · ban no. {count(times)}
        </span>
      )}
    </span>
  );
}
