// The first run: makes the first user. The token from the server's log proves who may.

import { useState } from "preact/hooks";
import { setUp } from "../api/endpoints.ts";
import { messageOf, Problem } from "../api/problem.ts";
import { checkSession, loggedIn } from "../session/session.ts";
import { Field } from "../ui/field.tsx";
import { PageHeading } from "../ui/heading.tsx";

export function SetupPage() {
  const [token, setToken] = useState("");
  const [username, setUsername] = useState("admin");
  const [password, setPassword] = useState("");
  const [repeated, setRepeated] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const problem = error instanceof Problem ? error : null;
  const [tried, setTried] = useState(false);
  const differs = (tried || repeated !== "") && repeated !== password ? "The two passwords differ." : undefined;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (repeated !== password) return;
    setBusy(true);
    setError(null);
    try {
      const { user } = await setUp({ token: token.trim(), username: username.trim(), password });
      loggedIn(user);
    } catch (error) {
      setError(error);
      setBusy(false);
    }
  };

  return (
    <div class="gate gate-wide">
      <PageHeading title="Set up BanGUI" />
      <p>
        This server has no user yet. Make the first one here; it may do everything. The <em>set-up token</em> proves that
        the server is yours: BanGUI printed it to its log when it started.
      </p>
      <ul class="plain">
        <li>
          systemd: <code>journalctl -u bangui | grep -i token</code>
        </li>
        <li>
          container: <code>docker logs bangui</code>
        </li>
        <li>in a terminal: look a few lines up.</li>
      </ul>
      <form onSubmit={(event) => void submit(event)}>
        <Field
          label="Set-up token"
          value={token}
          onValue={setToken}
          mono
          required
          autofocus
          error={problem?.field("token") ?? (problem?.code === "setup_token_invalid" ? problem.message : undefined)}
        />
        <Field
          label="User"
          value={username}
          onValue={setUsername}
          autocomplete="username"
          required
          error={problem?.field("username")}
        />
        <Field
          label="Password"
          type="password"
          value={password}
          onValue={setPassword}
          autocomplete="new-password"
          required
          error={problem?.field("password")}
        />
        <Field
          label="Password again"
          type="password"
          value={repeated}
          onValue={setRepeated}
          autocomplete="new-password"
          required
          error={differs}
        />
        {error !== null && problem?.code !== "setup_token_invalid" && (
          <p class="form-error" role="alert">
            {messageOf(error)}{" "}
            {problem?.code === "setup_done" && (
              <button type="button" class="small" onClick={() => void checkSession()}>
                Go to the login
              </button>
            )}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "Setting up…" : "Make the user and log in"}
        </button>
      </form>
    </div>
  );
}
