// Who else was banned from right beside an address.

import { eventsOf } from "../../address/links.ts";
import type { AddressDetail } from "../../api/events.ts";
import { count, counted } from "../../format/number.ts";
import { AddressLink } from "../../ui/links.tsx";

export function Neighbours({ ip, neighbours }: { ip: string; neighbours: AddressDetail["neighbours"] }) {
  return (
    <section aria-labelledby="neighbours-heading">
      <div class="section-head">
        <h2 id="neighbours-heading">Neighbours</h2>
        <p class="muted">banned from the same {ip.includes(":") ? "/64" : "/24"}</p>
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
