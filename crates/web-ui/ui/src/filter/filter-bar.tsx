// The bar that says which part of the history a page shows: query, time, the terms as chips, and the link to pass on.

import { useEffect, useId, useState } from "preact/hooks";
import { filterError, isRefused } from "../api/problem.ts";
import { tell, warn } from "../state/toasts.ts";
import { copyText } from "./copy.ts";
import { Period } from "./period.tsx";
import { QueryBox } from "./query-box.tsx";
import { termsOf, type Term, withoutTerm } from "./query.ts";
import { EMPTY_VIEW, type View, viewKey } from "./view.ts";

interface FilterBarProps {
  view: View;
  onView: (view: View) => void;
  /** What the page's own question failed with: what is wrong with the query is shown at the box. */
  error?: unknown;
}

export function FilterBar({ view, onView, error = null }: FilterBarProps) {
  const [draft, setDraft] = useState(view.q);
  useEffect(() => setDraft(view.q), [view.q]);
  const problem = isRefused(error) ? error : null;
  const ask = (q: string): void => {
    if (q.trim() !== view.q) onView({ ...view, q: q.trim() });
  };
  const terms = termsOf(view.q);
  const wrong = draft.trim() === view.q ? filterError(error) : undefined;
  const wrongId = useId();
  return (
    <form
      class="filter-bar"
      role="search"
      aria-label="Filter of the history"
      onSubmit={(event) => {
        event.preventDefault();
        ask(draft);
      }}
    >
      <div class="filter-line">
        <QueryBox value={draft} onValue={setDraft} onAsk={ask} errorId={wrong === undefined ? undefined : wrongId} />
        <Period
          view={view}
          onView={onView}
          errors={{ since: problem?.field("since"), until: problem?.field("until") }}
        />
        <button type="submit" class="unseen" tabIndex={-1}>
          Apply
        </button>
      </div>
      {/* Below the whole line, whose other boxes would move with it. */}
      {wrong !== undefined && (
        <p class="field-error" id={wrongId} role="alert">
          {wrong}
        </p>
      )}
      <div class="chips">
        {terms.length > 0 && (
          <ul class="plain" aria-label="Active terms">
            {terms.map((term) => (
              <Chip key={term.from} term={term} onRemove={() => onView({ ...view, q: withoutTerm(view.q, term) })} />
            ))}
          </ul>
        )}
        {viewKey(view) !== viewKey(EMPTY_VIEW) && (
          <button type="button" class="quiet" onClick={() => onView(EMPTY_VIEW)}>
            Clear
          </button>
        )}
        <button type="button" class="quiet copy-link" onClick={() => void copyLink()}>
          Copy link
        </button>
      </div>
    </form>
  );
}

function Chip({ term, onRemove }: { term: Term; onRemove: () => void }) {
  const values = term.values.join(", ");
  return (
    <li class="chip">
      {term.negated && <span class="chip-not">not</span>}
      {term.name !== "" && <span class="chip-name">{term.name}</span>}
      <bdi class="mono">{values}</bdi>
      <button type="button" aria-label={`Remove ${term.text}`} onClick={onRemove}>
        <span aria-hidden="true">✕</span>
      </button>
    </li>
  );
}

async function copyLink(): Promise<void> {
  if (await copyText(location.href)) tell("The link to this view is copied.");
  else warn("This browser does not let the page copy. Copy the link from its address bar.");
}
