// Which colour is which series, and whether it is drawn.

import { NumberLink } from "../ui/number-link.tsx";
import type { Leads } from "./leads.ts";
import type { Series } from "./series.ts";

interface LegendProps {
  series: Series[];
  hidden: ReadonlySet<string | null>;
  onToggle: (key: string | null) => void;
  /** Whether the period before is drawn as well. */
  before: boolean;
  leads: Leads;
}

export function Legend({ series, hidden, onToggle, before, leads }: LegendProps) {
  return (
    <ul class="legend plain" aria-label="What is drawn">
      {series.map((each) => (
        <li key={each.key ?? ""}>
          <button type="button" class="legend-toggle" aria-pressed={!hidden.has(each.key)} onClick={() => onToggle(each.key)}>
            <span class={`swatch colour-${each.colour}`} aria-hidden="true" />
            <span class="legend-name">{each.name}</span>
          </button>
          <NumberLink value={each.sum} href={leads.rows(each)} />
        </li>
      ))}
      {before && (
        <li class="muted">
          <span class="swatch swatch-before" aria-hidden="true" /> period before
        </li>
      )}
    </ul>
  );
}
