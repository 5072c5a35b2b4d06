// The numbers behind the map, with the countries that have no place on it.

import type { Top, TopRow } from "../api/history.ts";
import { change } from "../format/change.ts";
import { countryName } from "../format/country.ts";
import { count } from "../format/number.ts";
import { NumberLink } from "../ui/number-link.tsx";
import { type Column, Table } from "../ui/table.tsx";

interface MapTableProps {
  top: Top;
  rows: (key: string) => string;
  only: (key: string) => void;
}

export function MapTable({ top, rows, only }: MapTableProps) {
  const columns: Column<TopRow>[] = [
    {
      key: "name",
      head: "Country",
      names: true,
      cell: ({ key }) => (
        <button type="button" class="link" title={`Show only ${countryName(key)}`} onClick={() => only(key)}>
          {countryName(key)}
        </button>
      ),
    },
    { key: "bans", head: "Bans", numeric: true, cell: ({ key, bans }) => <NumberLink value={bans} href={rows(key)} /> },
    { key: "addresses", head: "Addresses", numeric: true, cell: ({ addresses }) => count(addresses) },
    { key: "change", head: "Change", numeric: true, cell: ({ bans, before }) => change(bans, before) },
  ];
  return (
    <div class="chart-table" tabIndex={0} role="region" aria-label="Bans by country">
      <Table name="countries" caption="Bans by country" columns={columns} rows={top.rows} rowKey={({ key }) => key} />
    </div>
  );
}
