// What jails ignore by their own configuration. For reading only: BanGUI does not change it.

import type { JailIgnores } from "../../api/types.ts";
import { printable } from "../../format/printable.ts";
import { JailLink } from "../../ui/links.tsx";
import { Notice } from "../../ui/notice.tsx";
import { type Column, Table } from "../../ui/table.tsx";

const COLUMNS: Column<JailIgnores>[] = [
  { key: "name", head: "Jail", names: true, cell: ({ jail }) => <JailLink jail={jail} /> },
  {
    key: "ignored",
    head: "Ignores",
    cell: ({ entries }) => (
      <ul class="plain ignored">
        {entries.map((entry) => (
          <li key={entry}>
            <code>{printable(entry)}</code>
          </li>
        ))}
      </ul>
    ),
  },
];

export function OwnIgnores({ own }: { own: JailIgnores[] | null }) {
  return (
    <section aria-labelledby="own-heading">
      <div class="section-head">
        <h2 id="own-heading">Ignored by configuration</h2>
      </div>
      {own === null ? (
        <Notice title="fail2ban cannot be asked what it ignores by itself." />
      ) : own.length === 0 ? (
        <Notice title="No jail ignores anything by itself." />
      ) : (
        <>
          <p class="muted">What fail2ban&apos;s own files name (ignoreip). It is changed there.</p>
          <Table name="ignores" caption="Ignored by configuration" columns={COLUMNS} rows={own} rowKey={({ jail }) => jail} />
        </>
      )}
    </section>
  );
}
