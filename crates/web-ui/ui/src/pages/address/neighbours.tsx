// Who else was banned from right beside an address, or who was within a network.

import { eventsOf } from "../../address/links.ts";
import type { AddressDetail } from "../../api/events.ts";
import { isNetwork } from "../../format/address.ts";
import { count, counted } from "../../format/number.ts";
import { AddressLink } from "../../ui/links.tsx";

export function Neighbours({ ip, neighbours }: { ip: string; neighbours: AddressDetail["neighbours"] }) {
  return (
    <section aria-labelledby="neighbours-heading">
      <div class="section-head">
        <h2 id="neighbours-heading">{isNetwork(ip) ? "Within it" : "Neighbours"}</h2>
        <p class="muted">{isNetwork(ip) ? "banned most" : `banned from the same ${ip.includes(":") ? "/64" : "/24"}`}</p>
      </div>
      <ul class="plain rows">
        {neighbours.map(({ ip, bans }) => (
          <li key={ip}>
            <AddressLink ip={ip} />
            <a href={eventsOf(ip, ["kind", "ban"])} aria-label={`${counted(bans, "ban")} of ${ip}`}>
              {count(bans)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
