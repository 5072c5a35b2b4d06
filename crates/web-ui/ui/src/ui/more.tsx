// The foot of a list in pages: how many rows are shown, and the next page.

import { Failure } from "./notice.tsx";
import { counted } from "../format/number.ts";
import type { Pages } from "../state/resource.ts";

export function More<Item>({ pages, noun, nouns }: { pages: Pages<Item>; noun: string; nouns?: string }) {
  if (pages.items === null) return null;
  return (
    <div class="more">
      <p class="muted" role="status">
        {pages.next === null ? "" : "first "}
        {counted(pages.items.length, noun, nouns)}
      </p>
      {pages.error !== null && <Failure title="More could not be loaded." error={pages.error} />}
      {pages.next !== null && (
        <button type="button" disabled={pages.loading} onClick={pages.loadMore}>
          {pages.loading ? "Loading…" : "Load more"}
        </button>
      )}
    </div>
  );
}
