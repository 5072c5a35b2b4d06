// The table of active bans, with what is left of each, and the unban.

import { useState } from "preact/hooks";
import type { Ban, BanSort } from "../api/types.ts";
import { banLength } from "../format/duration.ts";
import { cause } from "../format/origin.ts";
import { count } from "../format/number.ts";
import { printable } from "../format/printable.ts";
import { AddressLink, JailLink } from "../ui/links.tsx";
import { Ago, Remaining } from "../ui/moments.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { UnbanButton } from "./unban-button.tsx";
import { UnbanDialog } from "./unban-dialog.tsx";

interface BanTableProps {
  caption: string;
  bans: Ban[] | null;
  sort: BanSort;
  onSort: (sort: BanSort) => void;
  /** Whether the rows are of several jails. */
  withJail: boolean;
  onUnbanned: (ban: Ban) => void;
}

export function BanTable({ caption, bans, sort, onSort, withJail, onUnbanned }: BanTableProps) {
  const [asked, setAsked] = useState<Ban | null>(null);
  const columns = columnsFor(withJail, setAsked);
  return (
    <>
      <Table
        name="bans"
        caption={caption}
        columns={columns}
        rows={bans}
        rowKey={(ban) => `${ban.jail} ${ban.ip}`}
        sort={sort}
        onSort={(sort) => onSort(sort as BanSort)}
      />
      {asked !== null && (
        <UnbanDialog
          ip={asked.ip}
          jail={asked.jail}
          onCancel={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            onUnbanned(asked);
          }}
        />
      )}
    </>
  );
}

function columnsFor(withJail: boolean, onUnban: (ban: Ban) => void): Column<Ban>[] {
  const columns: Column<Ban>[] = [
    {
      key: "ip",
      head: "Address",
      names: true,
      cell: (ban) => <AddressLink ip={ban.ip} />,
      sort: { key: "ip", first: "ascending" },
    },
    {
      key: "expires",
      head: "Remaining",
      cell: (ban) => <Remaining until={ban.expires_at} />,
      sort: { key: "expires_at", first: "ascending" },
    },
    {
      key: "banned",
      head: "Banned",
      cell: (ban) => <Ago at={ban.banned_at} />,
      sort: { key: "banned_at", first: "descending" },
    },
    { key: "length", head: "For", cell: (ban) => banLength(ban.bantime) },
    {
      key: "times",
      head: "Times",
      numeric: true,
      cell: (ban) => (ban.ban_count === null ? <Unknown /> : count(ban.ban_count)),
    },
    { key: "origin", head: "Origin", cell: (ban) => <Cause ban={ban} /> },
    {
      key: "act",
      head: "Unban",
      silent: true,
      cell: (ban) => <UnbanButton ban={ban} onPress={() => onUnban(ban)} />,
    },
  ];
  if (withJail) {
    columns.splice(1, 0, {
      key: "in",
      head: "Jail",
      cell: (ban) => <JailLink jail={ban.jail} />,
      sort: { key: "jail", first: "ascending" },
    });
  }
  return columns;
}

/** How it came about, and why, where someone said so. */
export function Cause({ ban }: { ban: Pick<Ban, "origin" | "by" | "reason"> }) {
  return (
    <>
      {cause(ban)}
      {ban.reason !== null && ban.reason !== "" && <span class="reason">{printable(ban.reason)}</span>}
    </>
  );
}

/** fail2ban does not say. */
export function Unknown() {
  return (
    <span class="muted" title="fail2ban does not say">
      –
    </span>
  );
}
