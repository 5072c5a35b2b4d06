// Bans an address by hand. A ban that the server advises against is asked about again, with its reason.

import { useId, useRef, useState } from "preact/hooks";
import { createBan } from "../api/endpoints.ts";
import { isForceable, messageOf, Problem } from "../api/problem.ts";
import type { Banned, CreateBan } from "../api/types.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Choice, Field } from "../ui/field.tsx";
import { useObstacle } from "../server/presence.ts";
import { tell } from "../state/toasts.ts";
import { LONGEST_REASON } from "./reason.ts";

/** No jail is chosen; no jail can have this name. */
const NONE = "";

interface BanFormProps {
  /** The jails to choose from; with one there is nothing to choose. None is chosen beforehand. */
  jails: readonly string[];
  /** The address, where the page is about one already. */
  ip?: string;
  /** Whether the ban is what one is here for most of all, and not one of several things. */
  primary?: boolean;
  onBanned: (banned: Banned, jail: string) => void;
}

export function BanForm({ jails, ip: fixed, primary = true, onBanned }: BanFormProps) {
  const [ip, setIp] = useState(fixed ?? "");
  const [chosen, setChosen] = useState("");
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [advice, setAdvice] = useState<{ problem: Problem; body: CreateBan } | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const obstacle = useObstacle();
  const hint = useId();
  const only = jails.length === 1 ? jails[0] : undefined;
  const jail = only ?? (jails.includes(chosen) ? chosen : NONE);

  const send = async (body: CreateBan): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const banned = await createBan(body);
      setAdvice(null);
      setReason("");
      setChosen(NONE);
      if (fixed === undefined) setIp("");
      tell(sentence(banned, body.jail));
      onBanned(banned, body.jail);
    } catch (error) {
      if (isForceable(error) && body.force !== true) setAdvice({ problem: error, body });
      else {
        setAdvice(null);
        setError(error);
      }
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: Event): void => {
    event.preventDefault();
    const body: CreateBan = { ip: ip.trim(), jail };
    if (reason.trim() !== "") body.reason = reason.trim();
    void send(body);
  };

  const problem = error instanceof Problem ? error : null;
  const atField = problem?.field("ip") ?? problem?.field("reason") ?? problem?.field("jail");
  return (
    <form ref={form} class="ban-form" onSubmit={submit} aria-label="Ban an address">
      {fixed === undefined && (
        <Field
          label="Address or network"
          value={ip}
          onValue={setIp}
          required
          mono
          error={problem?.field("ip")}
        />
      )}
      {jails.length > 1 && (
        <Choice
          label="Jail"
          value={jail}
          onValue={setChosen}
          choices={[[NONE, "Choose a jail"], ...jails.map((name) => [name, name] as const)]}
          required
          error={problem?.field("jail")}
        />
      )}
      <Field
        label="Reason (optional)"
        value={reason}
        onValue={setReason}
        maxLength={LONGEST_REASON}
        error={problem?.field("reason")}
      />
      <button
        type="submit"
        class={primary ? "primary" : ""}
        disabled={busy || jails.length === 0 || obstacle !== null}
        aria-describedby={obstacle === null ? undefined : hint}
      >
        {busy && advice === null ? "Banning…" : fixed !== undefined && only !== undefined ? `Ban in ${only}` : "Ban"}
      </button>
      {obstacle !== null && (
        <p class="obstacle" id={hint}>
          {obstacle}
        </p>
      )}
      {error !== null && atField === undefined && (
        <p class="form-error" role="alert">
          {messageOf(error)}
        </p>
      )}
      {advice !== null && (
        <Dialog title={`Ban ${advice.body.ip} anyway?`} onCancel={() => setAdvice(null)}>
          <p>{advice.problem.message}</p>
          <p>BanGUI did not ban it. A ban that you insist on goes to fail2ban as it is.</p>
          <div class="dialog-actions">
            <button type="button" autofocus onClick={() => setAdvice(null)}>
              Do not ban
            </button>
            <button
              type="button"
              class="danger"
              disabled={busy || obstacle !== null}
              onClick={() => void send({ ...advice.body, force: true })}
            >
              Ban anyway
            </button>
          </div>
        </Dialog>
      )}
    </form>
  );
}

/** What fail2ban says now, not what was asked of it. */
function sentence({ ip, jails, newly_banned }: Banned, jail: string): string {
  if (!jails.includes(jail)) return `fail2ban took the ban of ${ip}, but does not list it in ${jail}.`;
  const others = jails.filter((name) => name !== jail);
  const also = others.length === 0 ? "" : ` It is also banned in ${others.join(", ")}.`;
  return newly_banned ? `${ip} is banned in ${jail}.${also}` : `${ip} was banned in ${jail} already.${also}`;
}
