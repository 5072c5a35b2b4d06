// Asks before an entry leaves the allowlist, removes it, and says what came of it.

import { disallow } from "../api/endpoints.ts";
import type { AllowEntry } from "../api/types.ts";
import { printable } from "../format/printable.ts";
import { tell } from "../state/toasts.ts";
import { Confirm } from "../ui/confirm.tsx";

interface RemoveEntryProps {
  entry: AllowEntry;
  onDone: () => void;
  onCancel: () => void;
}

export function RemoveEntry({ entry, onDone, onCancel }: RemoveEntryProps) {
  const remove = async (): Promise<void> => {
    const { entry: removed, pending } = await disallow(entry.id);
    const later = pending === null ? "" : ` fail2ban does not know yet, and is told as soon as it can be: ${pending}.`;
    tell(`${removed.address} is no longer on the allowlist.${later}`);
    onDone();
  };
  return (
    <Confirm title={`Remove ${entry.address}?`} no="Keep it" yes="Remove it" doing="Removing…" act={remove} onCancel={onCancel}>
      <p>
        fail2ban can ban it again in {entry.jail === null ? "every jail" : <strong>{printable(entry.jail)}</strong>}, unless another
        entry or the configuration of a jail names it.
      </p>
    </Confirm>
  );
}
