// The channels: how each sends, a test that tells what the receiver says, and the way to change them.

import { useState } from "preact/hooks";
import { deleteChannel, testChannel } from "../../api/endpoints.ts";
import { messageOf } from "../../api/problem.ts";
import type { Channel, Page } from "../../api/types.ts";
import type { Resource } from "../../state/resource.ts";
import { tell } from "../../state/toasts.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { focusSoon } from "../../ui/focus.ts";
import { Failure, Notice } from "../../ui/notice.tsx";
import { Stale } from "../../ui/stale.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { ChannelDialog } from "./channel-dialog.tsx";
import { KINDS } from "./channel-form.ts";

const HEADING = "channels-heading";

interface Told {
  id: number;
  text: string;
  good: boolean;
}

export function Channels({ channels }: { channels: Resource<Page<Channel>> }) {
  const [edited, setEdited] = useState<Channel | "new" | null>(null);
  const [asked, setAsked] = useState<Channel | null>(null);
  const [testing, setTesting] = useState<number | null>(null);
  const [told, setTold] = useState<Told | null>(null);
  const items = channels.value?.items ?? null;

  const test = async (channel: Channel): Promise<void> => {
    if (testing !== null) return;
    setTesting(channel.id);
    setTold(null);
    const { id, name } = channel;
    try {
      const { sent, status, answer, took_ms } = await testChannel(id);
      const said = [status === null ? "" : `status ${status}`, answer].filter((part) => part !== "").join(": ");
      const text = sent ? `${name}: sent in ${took_ms} ms. ${said}` : `${name}: not sent. ${said}`;
      setTold({ id, text, good: sent });
    } catch (error) {
      setTold({ id, text: `${name}: not tested. ${messageOf(error)}`, good: false });
    } finally {
      setTesting(null);
    }
  };

  const columns: Column<Channel>[] = [
    { key: "name", head: "Name", names: true, cell: ({ name }) => name },
    { key: "way", head: "Sends to", cell: ({ settings }) => kindName(settings) },
    { key: "server", head: "Server", cell: ({ settings }) => <code>{serverOf(settings)}</code> },
    {
      key: "act",
      head: "Actions",
      silent: true,
      cell: (channel) => (
        <div class="acts">
          <button
            type="button"
            class="small"
            aria-disabled={testing !== null}
            aria-label={`Test ${channel.name}`}
            onClick={() => void test(channel)}
          >
            {testing === channel.id ? "Testing…" : "Test"}
          </button>
          <button type="button" class="small" aria-label={`Change ${channel.name}`} onClick={() => setEdited(channel)}>
            Change
          </button>
          <button type="button" class="small" aria-label={`Delete ${channel.name}`} onClick={() => setAsked(channel)}>
            Delete
          </button>
        </div>
      ),
    },
  ];

  return (
    <section aria-labelledby={HEADING}>
      <div class="section-head">
        <h2 id={HEADING} tabIndex={-1}>
          Channels
        </h2>
        <button type="button" class="small" onClick={() => setEdited("new")}>
          New channel
        </button>
      </div>
      {items === null && channels.error !== null ? (
        <Failure title="The channels could not be loaded." error={channels.error} onRetry={channels.reload} />
      ) : items?.length === 0 ? (
        <Notice title="There is no channel yet.">
          <p>A channel is where messages go: a chat, an app, a program of your own, or a mailbox.</p>
        </Notice>
      ) : (
        <Table name="channels" caption="Channels" columns={columns} rows={items} rowKey={({ id }) => id} skeletonRows={2} />
      )}
      <div role="status">
        {told !== null && <p class={told.good ? "test-good" : "test-bad"}>{told.text}</p>}
      </div>
      <Stale of={channels} />
      {edited !== null && (
        <ChannelDialog
          channel={edited === "new" ? null : edited}
          onCancel={() => setEdited(null)}
          onSaved={({ name }) => {
            setEdited(null);
            tell(`The channel ${name} is saved.`);
            channels.reload();
            focusSoon(HEADING);
          }}
        />
      )}
      {asked !== null && (
        <Confirm
          title={`Delete ${asked.name}?`}
          no="Keep it"
          yes="Delete it"
          doing="Deleting…"
          act={async () => {
            await deleteChannel(asked.id);
            setAsked(null);
            tell(`The channel ${asked.name} is deleted.`);
            channels.reload();
            focusSoon(HEADING);
          }}
          onCancel={() => setAsked(null)}
        >
          <p>Messages that wait for it are given up.</p>
        </Confirm>
      )}
    </section>
  );
}

function kindName(settings: Channel["settings"]): string {
  const kind = settings.kind === "email" ? "email" : settings.preset;
  return KINDS.find(([known]) => known === kind)?.[1] ?? kind;
}

function serverOf(settings: Channel["settings"]): string {
  return settings.kind === "email" ? `${settings.host}:${settings.port}` : settings.server;
}
