// The columns that a list of events can have: what they show, how wide they are, and which of them this browser has chosen.

import type { ComponentChildren } from "preact";
import type { BanEvent, Special } from "../api/types.ts";
import { Cause, Unknown } from "../bans/ban-table.tsx";
import { countryName } from "../format/country.ts";
import { banLength } from "../format/duration.ts";
import { count } from "../format/number.ts";
import { printable } from "../format/printable.ts";
import { exact } from "../format/time.ts";
import { createStore } from "../state/store.ts";
import { AddressLink, JailLink } from "../ui/links.tsx";
import { Ago } from "../ui/moments.tsx";
import { Kind } from "./event-table.tsx";

export interface EventColumn {
  key: string;
  head: string;
  /** The least width in rem. */
  least: number;
  /** Its share of what is left. Rows are laid out one by one, so that a width must not depend on what is in it. */
  share: number;
  cell: (event: BanEvent) => ComponentChildren;
  numeric?: boolean;
  /** Shown where this browser has not chosen. */
  usual?: boolean;
}

export const COLUMNS: readonly EventColumn[] = [
  { key: "when", head: "When", least: 6, share: 0, usual: true, cell: (event) => <Ago at={event.occurred_at} /> },
  { key: "time", head: "Time", least: 14.5, share: 0, cell: (event) => <Exact at={event.occurred_at} /> },
  { key: "kind", head: "What", least: 4.5, share: 0, usual: true, cell: (event) => <Kind kind={event.kind} /> },
  {
    key: "ip",
    head: "Address",
    least: 9.5,
    share: 1.3,
    usual: true,
    cell: (event) => <AddressLink ip={event.ip} tabIndex={-1} />,
  },
  {
    key: "country",
    head: "Country",
    least: 6,
    share: 1,
    usual: true,
    cell: (event) => <Place country={event.country} special={event.special} />,
  },
  {
    key: "network",
    head: "Network",
    least: 8,
    share: 1.3,
    cell: (event) => event.network !== null && <NetworkName {...event.network} />,
  },
  {
    key: "in",
    head: "Jail",
    least: 5,
    share: 0.8,
    usual: true,
    cell: (event) => <JailLink jail={event.jail} tabIndex={-1} />,
  },
  {
    key: "length",
    head: "For",
    least: 5.5,
    share: 0,
    usual: true,
    cell: (event) => (event.kind === "ban" ? banLength(event.bantime) : ""),
  },
  { key: "failures", head: "Failures", least: 4.5, share: 0, numeric: true, cell: (event) => <Number of={event.failures} /> },
  { key: "times", head: "Times", least: 3.5, share: 0, numeric: true, cell: (event) => <Number of={event.ban_count} /> },
  { key: "origin", head: "Origin", least: 7.5, share: 1.5, usual: true, cell: (event) => <Cause ban={event} /> },
];

/** Between two columns, and at the ends of a row, in rem. */
const SPACE = 1;

/** The columns as tracks of a CSS grid. */
export function tracks(columns: readonly EventColumn[]): string {
  return columns.map(({ least, share }) => (share === 0 ? `${least}rem` : `minmax(${least}rem, ${share}fr)`)).join(" ");
}

/** The least width of a row in which they stand beside each other, in rem. */
export function leastWidth(columns: readonly EventColumn[]): number {
  return columns.reduce((sum, { least }) => sum + least + SPACE, 0);
}

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
export function Place({ country, special }: { country: string; special: Special | null }) {
  const known = /^[A-Z]{2}$/.test(country);
  return <span class={known ? "country" : "country muted"}>{countryName(country, special)}</span>;
}

export function NetworkName({ asn, name }: { asn: string; name: string | null }) {
  return (
    <span class="network">
      <span class="mono">{asn}</span> {name !== null && <bdi>{printable(name)}</bdi>}
    </span>
  );
}

function Number({ of }: { of: number | null }) {
  return of === null ? <Unknown /> : <>{count(of)}</>;
}
