// The table of bans and unbans, newest first.

import type { BanEvent } from "../api/types.ts";
import { Cause } from "../bans/ban-table.tsx";
import { banLength } from "../format/duration.ts";
import { AddressLink, JailLink } from "../ui/links.tsx";
import { Ago } from "../ui/moments.tsx";
import { type Column, Table } from "../ui/table.tsx";

interface EventTableProps {
  caption: string;
  events: BanEvent[] | null;
  fresh?: ReadonlySet<BanEvent["id"]>;
  skeletonRows?: number;
}

const COLUMNS: Column<BanEvent>[] = [
  { key: "when", head: "When", cell: (event) => <Ago at={event.occurred_at} /> },
  { key: "kind", head: "What", cell: (event) => <Kind kind={event.kind} /> },
  { key: "ip", head: "Address", names: true, cell: (event) => <AddressLink ip={event.ip} /> },
  { key: "in", head: "Jail", cell: (event) => <JailLink jail={event.jail} /> },
  { key: "length", head: "For", cell: (event) => (event.kind === "ban" ? banLength(event.bantime) : "") },
  { key: "origin", head: "Origin", cell: (event) => <Cause ban={event} /> },
];

export function EventTable({ caption, events, fresh, skeletonRows = 8 }: EventTableProps) {
  return (
    <Table
      name="events"
      caption={caption}
      columns={COLUMNS}
      rows={events}
      rowKey={(event) => event.id}
      isFresh={(event) => fresh?.has(event.id) ?? false}
      skeletonRows={skeletonRows}
    />
  );
}

/** Told apart by form and by word, not by colour alone. */
export function Kind({ kind }: { kind: BanEvent["kind"] }) {
  return <span class={`kind kind-${kind}`}>{kind}</span>;
}
