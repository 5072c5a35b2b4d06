// The jails with their counters, to compare them by.

import type { Jail } from "../../api/types.ts";
import { count, counted } from "../../format/number.ts";
import { LastKnown } from "../../server/last-known.tsx";
import { JailLink } from "../../ui/links.tsx";
import { type Column, Table } from "../../ui/table.tsx";

const COLUMNS: Column<Jail>[] = [
  { key: "name", head: "Jail", names: true, cell: (jail) => <JailLink jail={jail.name} /> },
  { key: "banned-now", head: "Banned now", numeric: true, cell: (jail) => count(jail.currently_banned) },
  { key: "banned-total", head: "Banned in all", numeric: true, cell: (jail) => count(jail.total_banned) },
  { key: "failed-now", head: "Failing now", numeric: true, cell: (jail) => count(jail.currently_failed) },
  { key: "failed-total", head: "Failed in all", numeric: true, cell: (jail) => count(jail.total_failed) },
];

interface JailTableProps {
  jails: Jail[] | null;
  /** When the counters were true. */
  asOf: string | null;
}

export function JailTable({ jails, asOf }: JailTableProps) {
  return (
    <>
      <Table
        name="jails"
        caption="Jails and their counters"
        columns={COLUMNS}
        rows={jails}
        rowKey={(jail) => jail.name}
        skeletonRows={3}
      />
      <p class="table-foot muted">
        {jails === null
          ? "\u00a0"
          : `${counted(jails.length, "jail")}, ${count(sum(jails, "currently_banned"))} banned now. ` +
            "“In all” counts since fail2ban started."}
        {jails !== null && " "}
        {jails !== null && <LastKnown at={asOf} />}
      </p>
    </>
  );
}

function sum(jails: Jail[], key: "currently_banned"): number {
  return jails.reduce((total, jail) => total + jail[key], 0);
}
