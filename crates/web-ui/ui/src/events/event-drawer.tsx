// One event, opened: everything about it, the log lines behind it, its address, and what can be done.

import type { ComponentChildren } from "preact";
import type { BanEvent } from "../api/types.ts";
import { AddressBrief } from "../address/brief.tsx";
import { Cause } from "../bans/ban-table.tsx";
import { isAddress } from "../format/address.ts";
import { banLength } from "../format/duration.ts";
import { count } from "../format/number.ts";
import { exact } from "../format/time.ts";
import { Dialog } from "../ui/dialog.tsx";
import { AddressLink, JailLink } from "../ui/links.tsx";
import { Ago } from "../ui/moments.tsx";
import { NetworkName, Place } from "./columns.tsx";
import { MatchedLines } from "./matched-lines.tsx";

interface EventDrawerProps {
  event: BanEvent;
  /** Whether the address is told of, too; a page about it does so itself. */
  withAddress?: boolean;
  onClose: () => void;
  /** To the next newer and older event; left out at the ends of what is loaded. */
  onNewer?: (() => void) | undefined;
  onOlder?: (() => void) | undefined;
}

export function EventDrawer({ event, withAddress = true, onClose, onNewer, onOlder }: EventDrawerProps) {
  return (
    <Dialog side title={`${event.kind === "ban" ? "Ban" : "Unban"} of ${event.ip}`} onCancel={onClose}>
      <div class="drawer-bar">
        <button type="button" class="small" disabled={onNewer === undefined} onClick={onNewer}>
          Newer
        </button>
        <button type="button" class="small" disabled={onOlder === undefined} onClick={onOlder}>
          Older
        </button>
        <button type="button" class="small drawer-close" autofocus onClick={onClose}>
          Close
        </button>
      </div>
      <Facts event={event} />
      <section aria-labelledby="drawer-lines">
        <h3 id="drawer-lines">Matched log lines</h3>
        <MatchedLines key={event.ban} ban={event.ban} />
      </section>
      {withAddress && isAddress(event.ip) && <AddressBrief key={event.ip} ip={event.ip} />}
    </Dialog>
  );
}

function Facts({ event }: { event: BanEvent }) {
  return (
    <dl class="facts">
      <Fact name="When">
        {exact(event.occurred_at)}, <Ago at={event.occurred_at} />
      </Fact>
      <Fact name="Address">
        <AddressLink ip={event.ip} />
      </Fact>
      <Fact name="Place">
        <Place country={event.country} special={event.special} />
      </Fact>
      {event.network !== null && (
        <Fact name="Network">
          <NetworkName {...event.network} />
        </Fact>
      )}
      <Fact name="Jail">
        <JailLink jail={event.jail} />
      </Fact>
      <Fact name="Origin">
        <Cause ban={event} />
      </Fact>
      <Fact name="Banned for">
        {banLength(event.bantime)}
        {event.expires_at !== null && `, until ${exact(event.expires_at)}`}
      </Fact>
      {event.kind === "unban" && <Fact name="Banned at">{exact(event.banned_at)}</Fact>}
      {event.failures !== null && <Fact name="Failures">{count(event.failures)}</Fact>}
      {event.ban_count !== null && <Fact name="Times">{count(event.ban_count)}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
