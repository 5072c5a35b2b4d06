// The end of the list of events, or why it ends here.

import type { EventList } from "../../events/list/event-list.ts";
import { useStore } from "../../state/store.ts";
import { Failure } from "../../ui/notice.tsx";

interface FootProps {
  list: EventList;
  onRetry: () => void;
  /** The address of a list that begins at a time. */
  continueAt: (from: string) => string;
}

export function Foot({ list, onRetry, continueAt }: FootProps) {
  const { error, loading } = useStore(list.state);
  const { book } = list;
  if (error !== null && !list.failedAbove) return <Failure title="More could not be loaded." error={error} onRetry={onRetry} />;
  if (list.full && book.last !== undefined) {
    // Events of one moment may stand on both sides; rather twice than not at all.
    const from = new Date(Date.parse(book.last.occurred_at) + 1).toISOString();
    return (
      <p class="events-foot">
        The list is as long as a browser can show. <a href={continueAt(from)}>Go on from here</a>
      </p>
    );
  }
  return <p class="events-foot muted">{book.next === null ? "End of the list" : loading ? "Loading…" : "\u00a0"}</p>;
}
