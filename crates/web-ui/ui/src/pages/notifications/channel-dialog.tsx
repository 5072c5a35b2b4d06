// Makes or changes a channel. What is wrong is said at the field that it is wrong with.

import { useState } from "preact/hooks";
import { previewChannel, saveChannel } from "../../api/endpoints.ts";
import { messageOf, Problem } from "../../api/problem.ts";
import type { Channel, Preview } from "../../api/types.ts";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Choice, Field, Text } from "../../ui/field.tsx";
import {
  bodyOf,
  type ChannelDraft,
  draftOf,
  isOwn,
  KINDS,
  NEW_CHANNEL,
  SECURITIES,
  URL_HINTS,
} from "./channel-form.ts";
import { type Errors, otherThan } from "./errors.ts";

interface ChannelDialogProps {
  channel: Channel | null;
  onSaved: (channel: Channel) => void;
  onCancel: () => void;
}

const PORTS = { tls: "465", starttls: "587", none: "25" };

/** The fields that the form shows errors at. */
const FIELDS = [
  "name",
  "url",
  "token",
  "recipient",
  "template",
  "host",
  "port",
  "security",
  "user",
  "password",
  "from",
  "to",
] as const;

export function ChannelDialog({ channel, onSaved, onCancel }: ChannelDialogProps) {
  const [draft, setDraft] = useState(channel === null ? NEW_CHANNEL : draftOf(channel));
  const [error, setError] = useState<unknown>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<ChannelDraft>): void => setDraft((draft) => ({ ...draft, ...part }));
  const errors: Errors = (name) => (error instanceof Problem ? error.field(name) : undefined);

  const attempt = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await act();
    } catch (error) {
      setError(error);
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: Event): void => {
    event.preventDefault();
    void attempt(async () => onSaved(await saveChannel(channel?.id ?? null, bodyOf(draft))));
  };
  const other = otherThan(FIELDS, error);

  return (
    <Dialog title={channel === null ? "New channel" : `Change ${channel.name}`} onCancel={onCancel}>
      <form class="notify-form" onSubmit={submit}>
        <Field
          label="Name"
          value={draft.name}
          onValue={(name) => change({ name })}
          required
          autofocus
          maxLength={100}
          error={errors("name")}
        />
        <Choice label="Sends to" value={draft.kind} onValue={(kind) => change({ kind })} choices={KINDS} />
        {draft.kind === "email" ? (
          <EmailFields draft={draft} change={change} errors={errors} kept={channel !== null} />
        ) : (
          <WebhookFields draft={draft} change={change} errors={errors} kept={channel !== null} />
        )}
        {other !== null && (
          <p class="form-error" role="alert">
            {messageOf(other)}
          </p>
        )}
        {preview !== null && (
          <figure class="preview">
            <figcaption>An example, as {preview.content_type}</figcaption>
            <pre tabIndex={0} aria-label="An example of what is sent">
              {preview.body}
            </pre>
          </figure>
        )}
        <DialogActions yes="Save" doing="Saving…" busy={busy} onCancel={onCancel}>
          <button
            type="button"
            disabled={busy}
            onClick={() => void attempt(async () => setPreview(await previewChannel(bodyOf(draft).settings)))}
          >
            Preview
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  draft: ChannelDraft;
  change: (part: Partial<ChannelDraft>) => void;
  errors: Errors;
  /** There are secrets already, which stay where nothing is written. */
  kept: boolean;
}

const KEPT = "Leave it empty to keep the one that is there";

function WebhookFields({ draft, change, errors, kept }: FieldsProps) {
  const hint = kept ? KEPT : URL_HINTS[draft.kind];
  return (
    <>
      <Field
        label="Address"
        value={draft.url}
        onValue={(url) => change({ url })}
        mono
        required={!kept}
        maxLength={2_000}
        {...(hint === undefined ? {} : { hint })}
        error={errors("url")}
      />
      {draft.kind === "telegram" && (
        <Field
          label="Chat"
          value={draft.recipient}
          onValue={(recipient) => change({ recipient })}
          mono
          hint="Its id, such as -1001234567890, or @channel"
          error={errors("recipient")}
        />
      )}
      {!["slack", "discord", "teams", "telegram"].includes(draft.kind) && (
        <Field
          label="Token"
          type="password"
          value={draft.token}
          onValue={(token) => change({ token })}
          hint={kept ? KEPT : draft.kind === "gotify" ? "Of the application" : "Sent as a bearer token, if there is one"}
          error={errors("token")}
        />
      )}
      {isOwn(draft.kind) && (
        <Text
          label="Template"
          value={draft.template}
          onValue={(template) => change({ template })}
          hint={draft.kind === "own_json" ? '{"text": {{ text }}}' : "{{ title }}"}
          error={errors("template")}
        />
      )}
    </>
  );
}

function EmailFields({ draft, change, errors, kept }: FieldsProps) {
  return (
    <>
      <Field label="Mail server" value={draft.host} onValue={(host) => change({ host })} mono required error={errors("host")} />
      <Choice
        label="Guarded by"
        value={draft.security}
        onValue={(security) => change({ security, port: PORTS[security] })}
        choices={SECURITIES}
      />
      {errors("security") !== undefined && <p class="field-error">{errors("security")}</p>}
      <Field label="Port" type="number" value={draft.port} onValue={(port) => change({ port })} required error={errors("port")} />
      <Field label="User" value={draft.user} onValue={(user) => change({ user })} mono error={errors("user")} />
      <Field
        label="Password"
        type="password"
        value={draft.password}
        onValue={(password) => change({ password })}
        {...(kept ? { hint: KEPT } : {})}
        error={errors("password")}
      />
      <Field label="From" value={draft.from} onValue={(from) => change({ from })} required error={errors("from")} />
      <Field
        label="To"
        value={draft.to}
        onValue={(to) => change({ to })}
        required
        hint="Addresses, separated by commas"
        error={errors("to")}
      />
    </>
  );
}
