// What keeps fail2ban from banning an address, beside what else is said of it, each entry with the way to remove it.

import { useState } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import type { AllowCheck, AllowEntry } from "../api/types.ts";
import { printable } from "../format/printable.ts";
import type { Resource } from "../state/resource.ts";
import { allowances } from "./membership.ts";
import { RemoveEntry } from "./remove-entry.tsx";

interface AllowedByProps {
  ip: string;
  check: Resource<AllowCheck>;
  /** An entry was removed. Left out where what allows the address is only told. */
  onRemoved?: () => void;
}

export function AllowedBy({ ip, check, onRemoved }: AllowedByProps) {
  const [asked, setAsked] = useState<AllowEntry | null>(null);
  const { value, error } = check;
  if (value === null) {
    return error === null ? null : <p class="muted">Whether it is allowed is not known. {messageOf(error)}</p>;
  }
  const found = allowances(ip, value);
  return (
    <>
      {found.length > 0 && (
        <ul class="plain allowances" aria-label={`What allows ${ip}`}>
          {found.map(({ key, text, entry }) => (
            <li key={key}>
              <span>
                <strong>{printable(text)}.</strong>
                {entry?.note && <span class="reason">{printable(entry.note)}</span>}
              </span>
              {entry !== null && onRemoved !== undefined && (
                <button type="button" class="small" aria-label={`Remove ${entry.address} from the allowlist`} onClick={() => setAsked(entry)}>
                  Remove
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {value.own === null && <p class="muted">Whether a jail ignores it by its configuration is not known while fail2ban does not answer.</p>}
      {asked !== null && onRemoved !== undefined && (
        <RemoveEntry
          entry={asked}
          onCancel={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            onRemoved();
          }}
        />
      )}
    </>
  );
}
