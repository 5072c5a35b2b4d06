// Replaces one's own password. What is wrong is said at the field that it is wrong with.

import { useState } from "preact/hooks";
import { changePassword } from "../../api/endpoints.ts";
import { messageOf, Problem } from "../../api/problem.ts";
import { counted } from "../../format/number.ts";
import { tell } from "../../state/toasts.ts";
import { useWait } from "../../state/wait.ts";
import { focusSoon } from "../../ui/focus.ts";
import { Field } from "../../ui/field.tsx";
import { checkNew, type FieldErrors, NO_ERRORS, readProblem } from "./password.ts";

const HEADING = "password-heading";
const IDS = { current: "current-password", fresh: "new-password", repeated: "new-password-again" };

export function PasswordForm({ user, onChanged }: { user: string; onChanged: () => void }) {
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const [repeated, setRepeated] = useState("");
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<FieldErrors>(NO_ERRORS);
  const [other, setOther] = useState<unknown>(null);
  const wait = useWait(() => setErrors(NO_ERRORS));

  /** Shows what is wrong, and leads to the first field that has it, where it is read out. */
  const refuse = (errors: FieldErrors): void => {
    setErrors(errors);
    const first = (["current", "fresh", "repeated"] as const).find((name) => errors[name] !== undefined);
    if (first !== undefined) focusSoon(IDS[first]);
  };

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setOther(null);
    const wrong = checkNew(fresh, repeated);
    if (wrong !== NO_ERRORS) return refuse(wrong);
    setErrors(NO_ERRORS);
    setBusy(true);
    try {
      const { ended } = await changePassword({ current_password: current, new_password: fresh });
      for (const clear of [setCurrent, setFresh, setRepeated]) clear("");
      const others = ended === 0 ? "No other session" : counted(ended, "other session");
      tell(`The password is changed. ${others} ${ended > 1 ? "have" : "has"} ended.`);
      onChanged();
      focusSoon(HEADING);
    } catch (error) {
      wait.after(error);
      const wrong = readProblem(error);
      if (error instanceof Problem && error.code === "password_wrong") setCurrent("");
      if (wrong === NO_ERRORS) setOther(error);
      else refuse(wrong);
    } finally {
      setBusy(false);
    }
  };

  return (
    <section aria-labelledby={HEADING}>
      <div class="section-head">
        <h2 id={HEADING} tabIndex={-1}>
          Password
        </h2>
      </div>
      <form class="password-form" aria-labelledby={HEADING} onSubmit={(event) => void submit(event)}>
        <p class="muted">A new password ends all your other sessions.</p>
        {/* Tells a password manager whose password it is. */}
        <input type="text" name="username" value={user} autocomplete="username" readOnly hidden />
        <Field
          id={IDS.current}
          label="Current password"
          type="password"
          value={current}
          onValue={setCurrent}
          autocomplete="current-password"
          required
          error={errors.current}
        />
        <Field
          id={IDS.fresh}
          label="New password"
          type="password"
          value={fresh}
          onValue={setFresh}
          autocomplete="new-password"
          required
          hint="12 to 256 characters"
          error={errors.fresh}
        />
        <Field
          id={IDS.repeated}
          label="New password again"
          type="password"
          value={repeated}
          onValue={setRepeated}
          autocomplete="new-password"
          required
          error={errors.repeated}
        />
        {other !== null && (
          <p class="form-error" role="alert">
            {messageOf(other)}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy || wait.left !== ""}>
          {wait.left !== "" ? `Wait ${wait.left} s` : busy ? "Changing…" : "Change the password"}
        </button>
      </form>
    </section>
  );
}
