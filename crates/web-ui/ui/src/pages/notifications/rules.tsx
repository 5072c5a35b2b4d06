// The rules: what each waits for, where its messages go, and the way to change them.

import { useState } from "preact/hooks";
import { deleteRule } from "../../api/endpoints.ts";
import type { Channel, Page, Rule } from "../../api/types.ts";
import type { Resource } from "../../state/resource.ts";
import { tell } from "../../state/toasts.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { focusSoon } from "../../ui/focus.ts";
import { Failure, Notice } from "../../ui/notice.tsx";
import { Stale } from "../../ui/stale.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { RuleDialog } from "./rule-dialog.tsx";
import { inWords } from "./rule-form.ts";

const HEADING = "rules-heading";

interface RulesProps {
  rules: Resource<Page<Rule>>;
  channels: Channel[];
}

export function Rules({ rules, channels }: RulesProps) {
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  const [asked, setAsked] = useState<Rule | null>(null);
  const items = rules.value?.items ?? null;
  const nameOf = (id: number): string => channels.find((channel) => channel.id === id)?.name ?? `channel ${id}`;

  const columns: Column<Rule>[] = [
    {
      key: "name",
      head: "Name",
      names: true,
      cell: ({ name, enabled }) => (
        <>
          {name} <span class={enabled ? "badge badge-good" : "badge"}>{enabled ? "in use" : "off"}</span>
        </>
      ),
    },
    { key: "when", head: "Waits for", cell: ({ condition }) => inWords(condition) },
    { key: "through", head: "Through", cell: ({ channels }) => channels.map(nameOf).join(", ") },
    {
      key: "act",
      head: "Actions",
      silent: true,
      cell: (rule) => (
        <div class="acts">
          <button type="button" class="small" aria-label={`Change ${rule.name}`} onClick={() => setEdited(rule)}>
            Change
          </button>
          <button type="button" class="small" aria-label={`Delete ${rule.name}`} onClick={() => setAsked(rule)}>
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
          Rules
        </h2>
        {channels.length > 0 && (
          <button type="button" class="small" onClick={() => setEdited("new")}>
            New rule
          </button>
        )}
      </div>
      {items === null && rules.error !== null ? (
        <Failure title="The rules could not be loaded." error={rules.error} onRetry={rules.reload} />
      ) : items?.length === 0 ? (
        <Notice title="There is no rule yet.">
          <p>
            {channels.length === 0
              ? "Make a channel first: a rule says what is sent through it, and when."
              : "A rule says what is sent through a channel, and when."}
          </p>
        </Notice>
      ) : (
        <Table name="rules" caption="Rules" columns={columns} rows={items} rowKey={({ id }) => id} skeletonRows={2} />
      )}
      <Stale of={rules} />
      {edited !== null && (
        <RuleDialog
          rule={edited === "new" ? null : edited}
          channels={channels}
          onCancel={() => setEdited(null)}
          onSaved={({ name }) => {
            setEdited(null);
            tell(`The rule ${name} is saved.`);
            rules.reload();
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
            await deleteRule(asked.id);
            setAsked(null);
            tell(`The rule ${asked.name} is deleted.`);
            rules.reload();
            focusSoon(HEADING);
          }}
          onCancel={() => setAsked(null)}
        >
          <p>What it has gathered and not sent is not sent.</p>
        </Confirm>
      )}
    </section>
  );
}
