// The table of one's own sessions.

import type { OwnSession } from "../../api/types.ts";
import { browserName } from "../../format/browser.ts";
import { AddressLink } from "../../ui/links.tsx";
import { Ago } from "../../ui/moments.tsx";
import { type Column, Table } from "../../ui/table.tsx";

interface SessionTableProps {
  sessions: OwnSession[] | null;
  /** The ids of those that are being ended. */
  ending: ReadonlySet<string>;
  onEnd: (session: OwnSession) => void;
}

export function SessionTable({ sessions, ending, onEnd }: SessionTableProps) {
  const columns: Column<OwnSession>[] = [
    { key: "browser", head: "Browser", names: true, cell: (session) => <Browser session={session} /> },
    {
      key: "ip",
      head: "Address",
      cell: ({ address }) => (address === null ? <span class="muted">Unix socket</span> : <AddressLink ip={address} />),
    },
    { key: "began", head: "Began", cell: ({ created_at }) => <Ago at={created_at} /> },
    { key: "used", head: "Last used", cell: ({ last_used_at }) => <Ago at={last_used_at} /> },
    { key: "ends", head: "Ends", cell: ({ expires_at }) => <Ago at={expires_at} /> },
    {
      key: "act",
      head: "End",
      silent: true,
      cell: (session) => <EndButton session={session} busy={ending.has(session.id)} onEnd={() => onEnd(session)} />,
    },
  ];
  return (
    <Table
      name="sessions"
      caption="Your sessions"
      columns={columns}
      rows={sessions}
      rowKey={(session) => session.id}
      skeletonRows={2}
    />
  );
}

function Browser({ session: { user_agent, current } }: { session: OwnSession }) {
  return (
    <>
      <span class="browser" title={user_agent ?? "The browser did not say what it is."}>
        {browserName(user_agent)}
      </span>
      {current && <span class="badge badge-good">this session</span>}
    </>
  );
}

function EndButton({ session, busy, onEnd }: { session: OwnSession; busy: boolean; onEnd: () => void }) {
  const { user_agent, address, current } = session;
  const which = current ? "this session" : `the session of ${browserName(user_agent)} at ${address ?? "a Unix socket"}`;
  const text = busy ? "Ending…" : "End";
  return (
    <button type="button" class="small" aria-disabled={busy} aria-label={`${text} ${which}`} onClick={onEnd}>
      {text}
    </button>
  );
}
