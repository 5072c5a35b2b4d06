// How many events wait to be shown, over the upper edge of their list.

import { count } from "../format/number.ts";
import { useStore } from "../state/store.ts";
import type { EventList } from "./list/event-list.ts";

export function WaitingEvents({ list, onShow }: { list: EventList; onShow: () => void }) {
  const { waiting } = useStore(list.state);
  return (
    <div class="events-waiting" role="status">
      {waiting.count > 0 && (
        <button type="button" class="primary" onClick={onShow}>
          {count(waiting.count)}
          {waiting.more && "+"} new. Show them
        </button>
      )}
    </div>
  );
}
