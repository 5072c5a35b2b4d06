// Puts an address or its network on the allowlist, and says what came of it.

import { useState } from "preact/hooks";
import { allow, getJails } from "../api/endpoints.ts";
import { messageOf, Problem } from "../api/problem.ts";
import type { Allow, Allowed } from "../api/types.ts";
import { LONGEST_REASON } from "../bans/reason.ts";
import { counted } from "../format/number.ts";
import { now } from "../state/clock.ts";
import { useResource } from "../state/resource.ts";
import { tell } from "../state/toasts.ts";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Choice, Field } from "../ui/field.tsx";
import { AllowedBy } from "./allowed-by.tsx";
import { networkAround } from "./around.ts";
import { endOf, type Term, TERMS } from "./terms.ts";
import { useAllowed } from "./use-allowed.ts";

interface AllowDialogProps {
  /** The address, where the page is about one already. */
  ip?: string;
  onDone: () => void;
  onCancel: () => void;
}

/** What stands for every jail in the choice of jails; no jail can have this name. */
const EVERY_JAIL = "";

export function AllowDialog({ ip, onDone, onCancel }: AllowDialogProps) {
  const [address, setAddress] = useState(ip ?? "");
  const [jail, setJail] = useState(EVERY_JAIL);
  const [term, setTerm] = useState<Term>("ever");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const jails = useResource("jails", getJails);
  const network = ip === undefined ? null : networkAround(ip);
  const names = jails.value?.items.map(({ name }) => name) ?? [];

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const body: Allow = { address: address.trim() };
    const until = endOf(term, now());
    if (jail !== EVERY_JAIL) body.jail = jail;
    if (note.trim() !== "") body.note = note.trim();
    if (until !== undefined) body.until = until;
    try {
      tell(sentence(await allow(body)));
      onDone();
    } catch (error) {
      setError(error);
      setBusy(false);
    }
  };

  const problem = error instanceof Problem ? error : null;
  const atField = problem?.field("address") ?? problem?.field("note");
  return (
    <Dialog title={ip === undefined ? "Allow an address" : `Allow ${ip}`} onCancel={onCancel}>
      <form class="allow-form" onSubmit={(event) => void submit(event)}>
        <p>fail2ban will not ban it, and bans that it has are lifted.</p>
        {ip !== undefined && <Already ip={ip} />}
        {ip === undefined ? (
          <Field
            label="Address or network"
            value={address}
            onValue={setAddress}
            required
            autofocus
            mono
            error={problem?.field("address")}
          />
        ) : (
          network !== null && (
            <Choice
              label="What"
              value={address}
              onValue={setAddress}
              choices={[
                [ip, `The address ${ip}`],
                [network, `Its network ${network}`],
              ]}
            />
          )
        )}
        <Choice
          label="Where"
          value={jail}
          onValue={setJail}
          choices={[[EVERY_JAIL, "In every jail"], ...names.map((name) => [name, name] as const)]}
        />
        <Choice label="For how long" value={term} onValue={setTerm} choices={TERMS} />
        <Field
          label="Note (optional)"
          value={note}
          onValue={setNote}
          maxLength={LONGEST_REASON}
          error={problem?.field("note")}
        />
        {error !== null && (ip !== undefined || atField === undefined) && (
          <p class="form-error" role="alert">
            {messageOf(error)}
          </p>
        )}
        <DialogActions yes="Allow" doing="Allowing…" busy={busy} onCancel={onCancel} />
      </form>
    </Dialog>
  );
}

/** What allows it already. */
function Already({ ip }: { ip: string }) {
  return (
    <div class="muted">
      <AllowedBy ip={ip} check={useAllowed(ip)} />
    </div>
  );
}

/** What came of it, in a few sentences. */
export function sentence({ entry, pending, lifted, still_banned: left }: Allowed): string {
  const parts = [`${entry.address} is allowed in ${entry.jail ?? "every jail"}.`];
  if (pending !== null) parts.push(`fail2ban does not know yet, and is told as soon as it can be: ${pending}.`);
  if (lifted > 0) parts.push(`${counted(lifted, "ban")} lifted.`);
  if (left.length > 0) {
    parts.push(`Still banned: ${left.map(({ ip, jail }) => `${ip} in ${jail}`).join(", ")}.`);
  }
  return parts.join(" ");
}
