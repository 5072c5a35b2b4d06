// Makes or changes a rule. What is wrong is said at the field that it is wrong with.

import { useState } from "preact/hooks";
import { saveRule } from "../../api/endpoints.ts";
import { messageOf, Problem } from "../../api/problem.ts";
import type { Channel, Rule } from "../../api/types.ts";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Check, Choice, Field } from "../../ui/field.tsx";
import { type Errors, otherThan } from "./errors.ts";
import { bodyOf, CONDITIONS, draftOf, NEW_RULE, ORIGINS, type RuleDraft } from "./rule-form.ts";

interface RuleDialogProps {
  rule: Rule | null;
  channels: Channel[];
  onSaved: (rule: Rule) => void;
  onCancel: () => void;
}

const FIELDS = [
  "name",
  "channels",
  "group_secs",
  "throttle_secs",
  "jails",
  "countries",
  "least_bans",
  "minutes",
  "factor",
  "secs",
  "hours",
] as const;

export function RuleDialog({ rule, channels, onSaved, onCancel }: RuleDialogProps) {
  const only = channels.length === 1 ? channels.map(({ id }) => id) : [];
  const [draft, setDraft] = useState<RuleDraft>(rule === null ? { ...NEW_RULE, channels: only } : draftOf(rule));
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<RuleDraft>): void => setDraft((draft) => ({ ...draft, ...part }));
  const errors: Errors = (name) => (error instanceof Problem ? error.field(name) : undefined);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      onSaved(await saveRule(rule?.id ?? null, bodyOf(draft)));
    } catch (error) {
      setError(error);
      setBusy(false);
    }
  };
  const other = otherThan(FIELDS, error);

  return (
    <Dialog title={rule === null ? "New rule" : `Change ${rule.name}`} onCancel={onCancel}>
      <form class="notify-form" onSubmit={(event) => void submit(event)}>
        <Field
          label="Name"
          value={draft.name}
          onValue={(name) => change({ name })}
          required
          autofocus
          maxLength={100}
          error={errors("name")}
        />
        <Choice label="Sends a message when" value={draft.kind} onValue={(kind) => change({ kind })} choices={CONDITIONS} />
        <ConditionFields draft={draft} change={change} errors={errors} />
        <fieldset>
          <legend>Through</legend>
          {channels.map(({ id, name }) => (
            <Check
              key={id}
              label={name}
              checked={draft.channels.includes(id)}
              onChecked={(checked) =>
                change({ channels: checked ? [...draft.channels, id] : draft.channels.filter((other) => other !== id) })
              }
            />
          ))}
          {errors("channels") !== undefined && <p class="field-error">{errors("channels")}</p>}
        </fieldset>
        <Field
          label="Wait for more before sending, in seconds"
          type="number"
          value={draft.groupSecs}
          onValue={(groupSecs) => change({ groupSecs })}
          error={errors("group_secs")}
        />
        <Field
          label="At most one message in so many seconds"
          type="number"
          value={draft.throttleSecs}
          onValue={(throttleSecs) => change({ throttleSecs })}
          hint="What happens in between is told in the next one"
          error={errors("throttle_secs")}
        />
        <Check label="In use" checked={draft.enabled} onChecked={(enabled) => change({ enabled })} />
        {other !== null && (
          <p class="form-error" role="alert">
            {messageOf(other)}
          </p>
        )}
        <DialogActions yes="Save" doing="Saving…" busy={busy} onCancel={onCancel} />
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  draft: RuleDraft;
  change: (part: Partial<RuleDraft>) => void;
  errors: Errors;
}

function ConditionFields({ draft, change, errors }: FieldsProps) {
  const { kind } = draft;
  return (
    <>
      {kind !== "offline" && (
        <Field
          label="Jails"
          value={draft.jails}
          onValue={(jails) => change({ jails })}
          required={kind === "silent"}
          hint={kind === "silent" ? "Separated by commas" : "Separated by commas; empty for all"}
          error={errors("jails")}
        />
      )}
      {kind === "bans" && (
        <>
          <Field
            label="Countries"
            value={draft.countries}
            onValue={(countries) => change({ countries })}
            hint="Two letters each, or private, or unknown; empty for all"
            error={errors("countries")}
          />
          <Choice label="How it came about" value={draft.origin} onValue={(origin) => change({ origin })} choices={ORIGINS} />
        </>
      )}
      {kind === "unusual" && (
        <>
          <Field
            label="In so many minutes"
            type="number"
            value={draft.minutes}
            onValue={(minutes) => change({ minutes })}
            error={errors("minutes")}
          />
          <Field
            label="More than so many times the usual"
            type="number"
            value={draft.factor}
            onValue={(factor) => change({ factor })}
            hint="Usual is the mean of the last seven days"
            error={errors("factor")}
          />
        </>
      )}
      {(kind === "bans" || kind === "unusual") && (
        <Field
          label={kind === "bans" ? "Bans of the address, this one included" : "And so many bans at least"}
          type="number"
          value={draft.leastBans}
          onValue={(leastBans) => change({ leastBans })}
          error={errors("least_bans")}
        />
      )}
      {kind === "offline" && (
        <Field
          label="For longer than so many seconds"
          type="number"
          value={draft.secs}
          onValue={(secs) => change({ secs })}
          error={errors("secs")}
        />
      )}
      {kind === "silent" && (
        <Field
          label="For so many hours"
          type="number"
          value={draft.hours}
          onValue={(hours) => change({ hours })}
          error={errors("hours")}
        />
      )}
    </>
  );
}
