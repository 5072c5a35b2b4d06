// What an address did in each jail, and how its bans have grown there.

import { eventsOf } from "../../address/links.ts";
import type { AddressJail } from "../../api/events.ts";
import { Unknown } from "../../bans/ban-table.tsx";
import { banLength } from "../../format/duration.ts";
import { count, counted } from "../../format/number.ts";
import { JailLink } from "../../ui/links.tsx";
import { Ago } from "../../ui/moments.tsx";
import { type Column, Table } from "../../ui/table.tsx";

/** `around` are the bans of networks around it, which are not counted here, but are in the lists that the numbers lead to. */
export function AddressJails({ ip, jails, around }: { ip: string; jails: AddressJail[]; around: number }) {
  const columns: Column<AddressJail>[] = [
    { key: "name", head: "Jail", names: true, cell: ({ jail }) => <JailLink jail={jail} /> },
    {
      key: "bans",
      head: "Bans",
      numeric: true,
      cell: ({ jail, bans }) => (
        <a href={eventsOf(ip, ["jail", jail], ["kind", "ban"])} aria-label={`${counted(bans, "ban")} in ${jail}`}>
          {count(bans)}
        </a>
      ),
    },
    { key: "failures", head: "Failures", numeric: true, cell: ({ failures }) => (failures === null ? <Unknown /> : count(failures)) },
    { key: "longest", head: "Longest", numeric: true, cell: ({ longest }) => banLength(longest) },
    {
      key: "times",
      head: "fail2ban counts",
      numeric: true,
      cell: ({ ban_count }) => (ban_count === null ? <Unknown /> : count(ban_count)),
    },
    { key: "first", head: "First", cell: ({ first }) => <Ago at={first} /> },
    { key: "last", head: "Last", cell: ({ last }) => <Ago at={last} /> },
  ];
  return (
    <section aria-labelledby="jails-heading">
      <div class="section-head">
        <h2 id="jails-heading">By jail</h2>
        {around > 0 && <p class="muted">without {counted(around, "ban")} of networks around it</p>}
      </div>
      <Table name="address-jails" caption={`Bans of ${ip} by jail`} columns={columns} rows={jails} rowKey={({ jail }) => jail} />
    </section>
  );
}
