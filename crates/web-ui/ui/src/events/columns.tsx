// The columns that a list of events can have: what they show, how wide they are, and which of them this browser has chosen.

import type { ComponentChildren } from "preact";
import type { HistoryEvent } from "../api/events.ts";
import { Cause, Unknown } from "../bans/ban-table.tsx";
import { countryName } from "../format/country.ts";
import { banLength } from "../format/duration.ts";
import { count } from "../format/number.ts";
import { exact } from "../format/time.ts";
import { createStore } from "../state/store.ts";
import { AddressLink, JailLink } from "../ui/links.tsx";
import { Ago } from "../ui/moments.tsx";
import { Kind } from "./event-table.tsx";

export interface EventColumn {
  key: string;
  head: string;
  /** As a track of a CSS grid. Rows are laid out one by one, so that a track must not depend on what is in it. */
  width: string;
  cell: (event: HistoryEvent) => ComponentChildren;
  numeric?: boolean;
  /** Shown where this browser has not chosen. */
  usual?: boolean;
}

export const COLUMNS: readonly EventColumn[] = [
  { key: "when", head: "When", width: "6rem", usual: true, cell: (event) => <Ago at={event.occurred_at} /> },
  { key: "time", head: "Time", width: "14.5rem", cell: (event) => <Exact at={event.occurred_at} /> },
  { key: "kind", head: "What", width: "4.5rem", usual: true, cell: (event) => <Kind kind={event.kind} /> },
  {
    key: "ip",
    head: "Address",
    width: "minmax(9.5rem, 1.3fr)",
    usual: true,
    cell: (event) => <AddressLink ip={event.ip} tabIndex={-1} />,
  },
  {
    key: "country",
    head: "Country",
    width: "minmax(6rem, 1fr)",
    usual: true,
    cell: (event) => <Place country={event.country} />,
  },
  {
    key: "network",
    head: "Network",
    width: "minmax(8rem, 1.3fr)",
    cell: (event) => event.network !== null && <NetworkName {...event.network} />,
  },
  {
    key: "in",
    head: "Jail",
    width: "minmax(5rem, 0.8fr)",
    usual: true,
    cell: (event) => <JailLink jail={event.jail} tabIndex={-1} />,
  },
  {
    key: "length",
    head: "For",
    width: "5.5rem",
    usual: true,
    cell: (event) => (event.kind === "ban" ? banLength(event.bantime) : ""),
  },
  { key: "failures", head: "Failures", width: "4.5rem", numeric: true, cell: (event) => <Number of={event.failures} /> },
  { key: "times", head: "Times", width: "3.5rem", numeric: true, cell: (event) => <Number of={event.ban_count} /> },
  { key: "origin", head: "Origin", width: "minmax(7.5rem, 1.5fr)", usual: true, cell: (event) => <Cause ban={event} /> },
];

const STORED = "bangui.events.columns";
const USUAL = COLUMNS.filter(({ usual }) => usual).map(({ key }) => key);

/** The keys of the columns that are shown. */
export const shownColumns = createStore<readonly string[]>(stored());

/** Shows a column or leaves it out, and keeps that in this browser. The address is always there, for it names the row. */
export function toggleColumn(key: string): void {
  const shown = shownColumns.get();
  keep(shown.includes(key) ? shown.filter((each) => each !== key) : [...shown, key]);
}

export function usualColumns(): void {
  keep(USUAL);
}

function keep(keys: readonly string[]): void {
  const known = COLUMNS.filter(({ key }) => key === "ip" || keys.includes(key)).map(({ key }) => key);
  shownColumns.set(known);
  try {
    localStorage.setItem(STORED, JSON.stringify(known));
  } catch {
    // A browser that keeps nothing still shows what was chosen, until the page is left.
  }
}

function stored(): readonly string[] {
  try {
    const keys: unknown = JSON.parse(localStorage.getItem(STORED) ?? "");
    if (Array.isArray(keys)) return COLUMNS.filter(({ key }) => key === "ip" || keys.includes(key)).map(({ key }) => key);
  } catch {
    // Nothing was chosen, or what was kept is not readable any more.
  }
  return USUAL;
}

function Exact({ at }: { at: string }) {
  return <time dateTime={at}>{exact(at)}</time>;
}

/** The country by its name; what has none is said more quietly. */
export function Place({ country }: { country: string }) {
  const known = /^[A-Z]{2}$/.test(country);
  return <span class={known ? "country" : "country muted"}>{countryName(country)}</span>;
}

export function NetworkName({ asn, name }: { asn: string; name: string | null }) {
  return (
    <span class="network">
      <span class="mono">{asn}</span> {name}
    </span>
  );
}

function Number({ of }: { of: number | null }) {
  return of === null ? <Unknown /> : <>{count(of)}</>;
}
