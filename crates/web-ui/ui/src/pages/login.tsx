// The login. Says why it is asked for, and how long to wait after too many tries.

import { useEffect, useState } from "preact/hooks";
import { logIn } from "../api/endpoints.ts";
import { messageOf, Problem } from "../api/problem.ts";
import { useTicking } from "../state/clock.ts";
import { loggedIn } from "../session/session.ts";
import { Field } from "../ui/field.tsx";
import { PageHeading } from "../ui/heading.tsx";

export function LoginPage({ expired }: { expired: boolean }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [blockedUntil, setBlockedUntil] = useState(0);
  const wait = useTicking(() => {
    const seconds = Math.ceil((blockedUntil - Date.now()) / 1_000);
    return seconds > 0 ? String(seconds) : "";
  });

  useEffect(() => {
    if (wait === "" && blockedUntil > 0) setError(null);
  }, [wait]);

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
      if (error instanceof Problem && error.status === 429) {
        setBlockedUntil(Date.now() + (error.retryAfter ?? 30) * 1_000);
      }
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
        <button type="submit" class="primary" disabled={busy || wait !== ""}>
          {wait !== "" ? `Wait ${wait} s` : busy ? "Logging in…" : "Log in"}
        </button>
      </form>
    </div>
  );
}
