// The login. Says why it is asked for, and how long to wait after too many tries.

import { useState } from "preact/hooks";
import { logIn } from "../api/endpoints.ts";
import { messageOf } from "../api/problem.ts";
import { loggedIn } from "../session/session.ts";
import { useWait } from "../state/wait.ts";
import { Field } from "../ui/field.tsx";
import { PageHeading } from "../ui/heading.tsx";

export function LoginPage({ expired }: { expired: boolean }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wait = useWait(() => setError(null));

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { user } = await logIn({ username: username.trim(), password });
      loggedIn(user);
    } catch (error) {
      setError(error);
      setPassword("");
      setBusy(false);
      wait.after(error);
    }
  };

  return (
    <div class="gate">
      <PageHeading title="Log in" />
      {expired && (
        <p class="notice-line" role="status">
          Your session has ended. Log in to go on where you were.
        </p>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <Field label="User" value={username} onValue={setUsername} autocomplete="username" required autofocus />
        <Field
          label="Password"
          type="password"
          value={password}
          onValue={setPassword}
          autocomplete="current-password"
          required
        />
        {error !== null && (
          <p class="form-error" role="alert">
            {messageOf(error)}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy || wait.left !== ""}>
          {wait.left !== "" ? `Wait ${wait.left} s` : busy ? "Logging in…" : "Log in"}
        </button>
      </form>
    </div>
  );
}
