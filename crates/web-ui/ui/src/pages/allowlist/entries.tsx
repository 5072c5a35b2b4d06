// The entries of the allowlist, and the ways to add and remove one.

import { useState } from "preact/hooks";
import { AllowDialog } from "../../allow/allow-dialog.tsx";
import { RemoveEntry } from "../../allow/remove-entry.tsx";
import type { AllowEntry, AllowList } from "../../api/types.ts";
import { count } from "../../format/number.ts";
import { printable } from "../../format/printable.ts";
import type { Resource } from "../../state/resource.ts";
import { focusSoon } from "../../ui/focus.ts";
import { AddressLink, JailLink } from "../../ui/links.tsx";
import { Ago, Remaining } from "../../ui/moments.tsx";
import { Failure, Notice } from "../../ui/notice.tsx";
import { Stale } from "../../ui/stale.tsx";
import { type Column, Table } from "../../ui/table.tsx";

const HEADING = "allowed-heading";

export function Entries({ list }: { list: Resource<AllowList> }) {
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<AllowEntry | null>(null);
  const items = list.value?.items ?? null;

  const changed = (): void => {
    list.reload();
    focusSoon(HEADING);
  };

  const columns: Column<AllowEntry>[] = [
    { key: "ip", head: "Address", names: true, cell: ({ address }) => <AddressLink ip={address} /> },
    { key: "in", head: "Jail", cell: ({ jail }) => (jail === null ? "every jail" : <JailLink jail={jail} />) },
    { key: "note", head: "Note", cell: ({ note }) => (note === null ? null : printable(note)) },
    { key: "until", head: "Time left", cell: ({ until }) => (until === null ? "for ever" : <Remaining until={until} />) },
    {
      key: "made",
      head: "Made",
      cell: ({ by, created_at }) => (
        <>
          by {printable(by)}, <Ago at={created_at} />
        </>
      ),
    },
    {
      key: "act",
      head: "Actions",
      silent: true,
      cell: (entry) => (
        <button type="button" class="small" aria-label={`Remove ${entry.address}`} onClick={() => setAsked(entry)}>
          Remove
        </button>
      ),
    },
  ];

  return (
    <section aria-labelledby={HEADING}>
      <div class="section-head">
        <h2 id={HEADING} tabIndex={-1}>
          Never banned
        </h2>
        <button type="button" class="small" onClick={() => setAdding(true)}>
          Allow an address
        </button>
      </div>
      {items === null && list.error !== null ? (
        <Failure title="The allowlist could not be loaded." error={list.error} onRetry={list.reload} />
      ) : items?.length === 0 ? (
        <Notice title="The allowlist is empty.">
          <p>Put on it what fail2ban must never ban: your office, your monitoring, your own way in.</p>
        </Notice>
      ) : (
        <Table name="allowed" caption="Allowed addresses" columns={columns} rows={items} rowKey={({ id }) => id} skeletonRows={3} />
      )}
      {list.value !== null && list.value.items.length > list.value.most * 0.9 && (
        <p class="muted">
          {count(list.value.items.length)} of at most {count(list.value.most)} entries.
        </p>
      )}
      <Stale of={list} />
      {adding && (
        <AllowDialog
          onCancel={() => setAdding(false)}
          onDone={() => {
            setAdding(false);
            changed();
          }}
        />
      )}
      {asked !== null && (
        <RemoveEntry
          entry={asked}
          onCancel={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            changed();
          }}
        />
      )}
    </section>
  );
}
