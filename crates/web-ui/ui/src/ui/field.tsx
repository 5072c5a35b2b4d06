// A labelled input or choice, with its hint and its error tied to it for screen readers.

import { useId } from "preact/hooks";

interface FieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "password" | "search" | "datetime-local" | "number";
  /** What a password manager may fill in. Without it nothing is offered, not even what was typed before. */
  autocomplete?: "username" | "current-password" | "new-password";
  required?: boolean;
  autofocus?: boolean;
  /** For addresses and tokens. */
  mono?: boolean;
  maxLength?: number;
  /** What is asked for, where the label cannot say it. */
  hint?: string;
  /** For whoever moves the focus here. */
  id?: string;
  error?: string | undefined;
}

export function Field({ label, value, onValue, mono, hint, error, ...rest }: FieldProps) {
  const made = useId();
  const id = rest.id ?? made;
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`];
  const bounds = rest.maxLength === undefined ? {} : { maxLength: rest.maxLength };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...bounds}
        id={id}
        // The type of the element tells each kind of input apart, which nothing here depends on.
        type={(rest.type ?? "text") as "text"}
        value={value}
        class={mono ? "mono" : ""}
        required={rest.required ?? false}
        autofocus={rest.autofocus ?? false}
        autocomplete={rest.autocomplete ?? "off"}
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={described.join(" ").trim()}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  onValue: (value: Value) => void;
  choices: readonly (readonly [value: Value, text: string])[];
  /** Something has to be chosen: a choice of "" is none. */
  required?: boolean;
  error?: string | undefined;
}

export function Choice<Value extends string>({ label, value, onValue, choices, required = false, error }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        required={required}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onChange={(event) => {
          const chosen = choices.find(([choice]) => choice === event.currentTarget.value);
          if (chosen !== undefined) onValue(chosen[0]);
        }}
      >
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface TextProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string;
  error?: string | undefined;
}

/** Text of several lines, such as a template. */
export function Text({ label, value, onValue, hint, error }: TextProps) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class="mono"
        rows={6}
        value={value}
        spellcheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={described.join(" ").trim()}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface CheckProps {
  label: string;
  checked: boolean;
  onChecked: (checked: boolean) => void;
}

export function Check({ label, checked, onChecked }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChecked(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
