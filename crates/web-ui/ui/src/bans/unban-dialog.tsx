// Asks before an unban, does it, and says what fail2ban says afterwards.

import { useState } from "preact/hooks";
import { deleteBan } from "../api/endpoints.ts";
import { useObstacle } from "../server/presence.ts";
import { tell } from "../state/toasts.ts";
import { Confirm } from "../ui/confirm.tsx";
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
  const obstacle = useObstacle();
  const from = jail ?? "every jail";

  const unban = async (): Promise<void> => {
    const { jails } = await deleteBan(ip, jail, reason.trim());
    tell(`${ip} is unbanned from ${from}.${jails.length > 0 ? ` It is still banned in ${jails.join(", ")}.` : ""}`);
    onDone(jails);
  };

  return (
    <Confirm
      title={`Unban ${ip}?`}
      no="Keep the ban"
      yes={`Unban from ${from}`}
      doing="Unbanning…"
      act={unban}
      obstacle={obstacle}
      onCancel={onCancel}
    >
      <p>
        fail2ban lifts the ban in {jail === undefined ? "every jail" : <strong>{jail}</strong>} at once. The address can
        connect again, and is banned again if it goes on failing.
      </p>
      <Field label="Reason (optional)" value={reason} onValue={setReason} maxLength={LONGEST_REASON} />
    </Confirm>
  );
}
