// The groups with the most bans: a bar within each row, and how they stand against the period before.

import type { Dimension, Top, TopRow } from "../../api/history.ts";
import { seriesName } from "../../charts/series.ts";
import type { View } from "../../filter/view.ts";
import { change } from "../../format/change.ts";
import { countryName } from "../../format/country.ts";
import { counted } from "../../format/number.ts";
import { capital } from "../../format/words.ts";
import { printable } from "../../format/printable.ts";
import { AddressLink } from "../../ui/links.tsx";
import { Failure } from "../../ui/notice.tsx";
import { NumberLink } from "../../ui/number-link.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { bansOfGroup, canName, narrowed } from "./leads.ts";
import type { Answer } from "./use-question.ts";

const NAMES: Record<Dimension, [one: string, many: string, title: string]> = {
  address: ["address", "addresses", "Addresses"],
  network: ["network", "networks", "Networks"],
  country: ["country", "countries", "Countries"],
  jail: ["jail", "jails", "Jails with the most bans"],
  origin: ["origin", "origins", "Origins"],
};

interface TopListProps {
  by: Dimension;
  top: Answer<Top>;
  most: number;
  view: View;
  onView: (view: View) => void;
}

export function TopList({ by, top, most, view, onView }: TopListProps) {
  const [one, many, title] = NAMES[by];
  const rows = top.value?.rows.slice(0, most) ?? null;
  const largest = Math.max(1, ...(rows ?? []).map(({ bans }) => bans));
  const columns: Column<TopRow>[] = [
    {
      key: "name",
      head: capital(one),
      names: true,
      cell: (row) => (
        <>
          <span class="top-name">
            <Name by={by} row={row} onPick={() => onView(narrowed(view, by, row.key))} />
          </span>
          <span class="share" style={{ width: `${(row.bans / largest) * 100}%` }} aria-hidden="true" />
        </>
      ),
    },
    {
      key: "bans",
      head: "Bans",
      numeric: true,
      cell: (row) => <NumberLink value={row.bans} href={bansOfGroup(view, by, row.key)} />,
    },
    { key: "change", head: "Change", numeric: true, cell: ({ bans, before }) => change(bans, before) },
  ];
  return (
    <section class={`top${top.pending ? " pending" : ""}`} aria-labelledby={`top-${by}`}>
      <div class="section-head">
        <h2 id={`top-${by}`} tabIndex={-1}>
          {title}
        </h2>
        {top.value !== null && top.value.groups > most && (
          <span class="muted">
            {most} of {counted(top.value.groups, one, many)}
          </span>
        )}
      </div>
      {rows === null && top.error !== null ? (
        <Failure title={`The ${many} could not be loaded.`} error={top.error} onRetry={top.reload} />
      ) : rows?.length === 0 ? (
        <p class="muted">None in this time.</p>
      ) : (
        <Table name="top" caption={title} columns={columns} rows={rows} rowKey={({ key }) => key} />
      )}
    </section>
  );
}

function Name({ by, row, onPick }: { by: Dimension; row: TopRow; onPick: () => void }) {
  if (by === "address") {
    const parts = [row.country === null ? "" : countryName(row.country, row.special), printable(row.network?.name ?? row.network?.asn ?? "")];
    const place = parts.filter((part) => part !== "").join(", ");
    return (
      <>
        <AddressLink ip={row.key} />
        <span class="aside" title={place}>
          {place}
        </span>
      </>
    );
  }
  const name = seriesName(by, row.key, row.label);
  return (
    <>
      {canName(by, row.key) ? (
        <button type="button" class="link" title={`Show only ${name}`} onClick={onPick}>
          {name}
        </button>
      ) : (
        <span>{name}</span>
      )}
      {by === "network" && row.key !== "unknown" && <span class="aside">{row.key}</span>}
    </>
  );
}
