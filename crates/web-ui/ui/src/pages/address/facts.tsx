// Where an address is, and when it was seen.

import type { ComponentChildren } from "preact";
import { eventsOf } from "../../address/links.ts";
import type { AddressDetail } from "../../api/events.ts";
import { Place } from "../../events/columns.tsx";
import { addTerm, EMPTY_VIEW } from "../../filter/view.ts";
import { printable } from "../../format/printable.ts";
import { count, counted } from "../../format/number.ts";
import { href } from "../../routes/routes.ts";
import { Ago } from "../../ui/moments.tsx";

/** What the page says of an address that is still being looked up. */
export function AddressFacts({ ip, detail }: { ip: string; detail: AddressDetail | null }) {
  return (
    <dl class="facts facts-wide" aria-busy={detail === null}>
      <Fact name="Place">{detail && <Narrowed name="country" value={detail.country}><Place country={detail.country} special={detail.special} /></Narrowed>}</Fact>
      <Fact name="Network">
        {detail &&
          (detail.network === null ? (
            <span class="muted">Unknown</span>
          ) : (
            <>
              <Narrowed name="network" value={detail.network.asn}>
                <span class="mono">{detail.network.asn}</span>
              </Narrowed>{" "}
              {detail.network.name !== null && <bdi>{printable(detail.network.name)}</bdi>}
            </>
          ))}
      </Fact>
      {detail !== null && detail.host !== null && (
        <Fact name="Reverse name">
          <bdi class="mono">{printable(detail.host)}</bdi>
        </Fact>
      )}
      <Fact name="Bans">
        {detail && <Bans ip={ip} detail={detail} />}
      </Fact>
      {(detail === null || detail.first !== null) && (
        <Fact name="First">{detail?.first && <Ago at={detail.first} />}</Fact>
      )}
      {(detail === null || detail.last !== null) && <Fact name="Last">{detail?.last && <Ago at={detail.last} />}</Fact>}
    </dl>
  );
}

/** How many bans are known, with their list, which has those of networks around it too: the number of the link is that of the list. */
function Bans({ ip, detail: { bans, within, around } }: { ip: string; detail: AddressDetail }) {
  const sum = bans + around;
  if (sum === 0) return <>none seen</>;
  const own = within === null ? `${count(bans)} of its own` : `${count(bans)} of ${counted(within, "address or network", "addresses or networks")} within it`;
  const parts = [bans > 0 && (within !== null || around > 0) && own, around > 0 && `${count(around)} of networks around it`];
  const words = parts.filter((part) => part !== false);
  return (
    <span class={words.length > 0 ? "in-text" : undefined}>
      <a href={eventsOf(ip, ["kind", "ban"])}>{count(sum)}</a>
      {words.length > 0 && `: ${words.join(", and ")}`}
    </span>
  );
}

/** Leads to everything of the same place. */
function Narrowed({ name, value, children }: { name: string; value: string; children: ComponentChildren }) {
  return <a href={href({ page: "events", view: { ...EMPTY_VIEW, q: addTerm("", name, value) } })}>{children}</a>;
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children ?? <span class="bone" />}</dd>
    </div>
  );
}
