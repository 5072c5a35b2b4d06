// The bans in force that hit an address: its own, those of networks around it, and of a network those within it.

import type { Ban, BanSort } from "../../api/types.ts";
import { BanTable } from "../../bans/ban-table.tsx";
import type { Pages } from "../../state/resource.ts";
import { More } from "../../ui/more.tsx";
import { Failure, Notice } from "../../ui/notice.tsx";

interface AddressBansProps {
  ip: string;
  bans: Pages<Ban>;
  sort: BanSort;
  onSort: (sort: BanSort) => void;
  onUnbanned: (ban: Ban) => void;
}

export function AddressBans({ ip, bans, sort, onSort, onUnbanned }: AddressBansProps) {
  return (
    <section aria-labelledby="bans-heading">
      <div class="section-head">
        <h2 id="bans-heading" tabIndex={-1}>
          Banned now
        </h2>
      </div>
      {bans.items === null && bans.error !== null ? (
        <Failure title="The bans could not be loaded." error={bans.error} onRetry={bans.reload} />
      ) : bans.items?.length === 0 ? (
        <Notice title="Not banned in any jail." />
      ) : (
        <>
          <BanTable
            caption={`Active bans for ${ip}`}
            bans={bans.items}
            sort={sort}
            onSort={onSort}
            withJail
            onUnbanned={onUnbanned}
          />
          <More pages={bans} noun="ban" />
        </>
      )}
    </section>
  );
}
