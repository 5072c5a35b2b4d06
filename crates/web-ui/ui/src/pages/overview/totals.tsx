// How much has happened, against the period before and against what is usual.

import type { Totals } from "../../api/history.ts";
import type { View } from "../../filter/view.ts";
import { change } from "../../format/change.ts";
import { count } from "../../format/number.ts";
import { NumberLink } from "../../ui/number-link.tsx";
import { bansOf } from "./leads.ts";

interface TotalsLineProps {
  /** Null while they are on their way. */
  totals: Totals | null;
  pending: boolean;
  view: View;
}

type Sum = "addresses" | "repeaters" | "networks" | "countries";

/** Each with the list of this page that has the rows behind it. */
const OTHERS: [name: Sum, text: string, target: string][] = [
  ["addresses", "addresses", "#top-address"],
  ["repeaters", "came back", "#offenders-heading"],
  ["networks", "networks", "#top-network"],
  ["countries", "countries", "#top-country"],
];

export function TotalsLine({ totals, pending, view }: TotalsLineProps) {
  return (
    <dl class={`totals${pending ? " pending" : ""}`} aria-label="Totals" aria-busy={totals === null || pending}>
      <div class="total-bans">
        <dt>bans</dt>
        <dd>{totals === null ? <span class="bone" /> : <NumberLink value={totals.bans} href={bansOf(view)} />}</dd>
        <dd class="total-note">{totals === null ? "\u00a0" : <Usual totals={totals} />}</dd>
      </div>
      {OTHERS.map(([name, text, target]) => (
        <div key={name}>
          <dt>{text}</dt>
          <dd>{totals === null ? <span class="bone" /> : <NumberLink value={totals[name]} href={target} />}</dd>
          <dd class="total-note">
            {totals === null ? "\u00a0" : against(totals[name], totals.before[name])}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Usual({ totals: { bans, before, usual_bans: usual } }: { totals: Totals }) {
  return (
    <>
      <span>{against(bans, before.bans)}</span>{" "}
      <span>
        {usual === null ? "usual not known yet" : `${compared(bans, usual)} usual (${count(Math.round(usual))})`}
      </span>
    </>
  );
}

function compared(now: number, usual: number): string {
  const text = change(now, usual);
  if (text === "as before") return "as";
  if (text === "new") return "against";
  return `${text} against`;
}

function against(now: number, before: number): string {
  if (before === 0) return "none before";
  const text = change(now, before);
  return text === "as before" ? text : `${text}, before ${count(before)}`;
}
