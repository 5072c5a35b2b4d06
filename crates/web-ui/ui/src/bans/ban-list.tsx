// A list of active bans in pages: on its way, failed, empty, or a table with the way to more.

import type { ComponentChildren } from "preact";
import type { Ban, BanSort } from "../api/types.ts";
import { capital } from "../format/words.ts";
import { unknownWords, useUnknownBans } from "../server/unknown-bans.ts";
import type { Pages } from "../state/resource.ts";
import { focusSoon } from "../ui/focus.ts";
import { More } from "../ui/more.tsx";
import { Failure, Notice } from "../ui/notice.tsx";
import { BanTable } from "./ban-table.tsx";

interface BanListProps {
  caption: string;
  pages: Pages<Ban>;
  sort: BanSort;
  onSort: (sort: BanSort) => void;
  /** The one jail that the list is of; left out where it is of all. */
  jail?: string;
  /** What it means that there is none: as a sentence where every ban is known, and where not. */
  none: [known: string, unknown: string];
  /** What stands below that sentence where every ban is known. */
  children?: ComponentChildren;
  /** A ban was lifted: it is to leave the list. The heading with the id `bans-heading` gets the focus of its row. */
  onUnbanned: (ban: Ban) => void;
}

export function BanList({ caption, pages, sort, onSort, jail, none, children, onUnbanned }: BanListProps) {
  const words = unknownWords(useUnknownBans(jail));
  if (pages.items === null && pages.error !== null) {
    return <Failure title="The bans could not be loaded." error={pages.error} onRetry={pages.reload} />;
  }
  if (pages.items?.length === 0 && !pages.loading) {
    return (
      <Notice title={words === null ? none[0] : none[1]}>
        {words === null ? children : <p>{capital(words)}.</p>}
      </Notice>
    );
  }
  return (
    <>
      <BanTable
        caption={caption}
        bans={pages.items}
        sort={sort}
        onSort={onSort}
        withJail={jail === undefined}
        onUnbanned={(ban) => {
          onUnbanned(ban);
          // The row that had the focus is gone.
          focusSoon("bans-heading");
        }}
      />
      <More pages={pages} noun="ban" />
    </>
  );
}
