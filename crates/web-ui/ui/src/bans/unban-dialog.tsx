// Asks before an unban, does it, and says what fail2ban says afterwards.

import { useState } from "preact/hooks";
import { deleteBan } from "../api/endpoints.ts";
import { messageOf } from "../api/problem.ts";
import { tell } from "../state/toasts.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { LONGEST_REASON } from "./reason.ts";

interface UnbanDialogProps {
  ip: string;
  /** From this jail, or from all where it is left out. */
  jail?: string | undefined;
  onDone: (stillIn: string[]) => void;
  onCancel: () => void;
}

export function UnbanDialog({ ip, jail, onDone, onCancel }: UnbanDialogProps) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const from = jail ?? "every jail";

  const unban = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const { jails } = await deleteBan(ip, jail, reason.trim());
      tell(`${ip} is unbanned from ${from}.${jails.length > 0 ? ` It is still banned in ${jails.join(", ")}.` : ""}`);
      onDone(jails);
    } catch (error) {
      setError(error);
      setBusy(false);
    }
  };

  return (
    <Dialog title={`Unban ${ip}?`} onCancel={onCancel}>
      <p>
        fail2ban lifts the ban in {jail === undefined ? "every jail" : <strong>{jail}</strong>} at once. The address can
        connect again, and is banned again if it goes on failing.
      </p>
      <Field label="Reason (optional)" value={reason} onValue={setReason} maxLength={LONGEST_REASON} />
      {error !== null && (
        <p class="form-error" role="alert">
          {messageOf(error)}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" autofocus onClick={onCancel}>
          Keep the ban
        </button>
        <button type="button" class="primary" disabled={busy} onClick={() => void unban()}>
          {busy ? "Unbanning…" : `Unban from ${from}`}
        </button>
      </div>
    </Dialog>
  );
}
