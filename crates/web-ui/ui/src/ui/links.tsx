// Links that mean the same everywhere: a jail leads to the jail, an address to everything known of it.

import type { ComponentChildren } from "preact";
import { isAddress } from "../format/address.ts";
import { printable } from "../format/printable.ts";
import { href } from "../routes/routes.ts";

/** Minus one where the keyboard has another way, as in a long list. */
type TabIndex = -1 | undefined;

export function JailLink({ jail, tabIndex }: { jail: string; tabIndex?: TabIndex }) {
  return (
    <a class="jail" href={href({ page: "jail", jail })} tabIndex={tabIndex}>
      {printable(jail)}
    </a>
  );
}

/** fail2ban bans whatever a filter finds, such as the name of a user: what is no address is searched for as text. */
export function AddressLink({ ip, tabIndex, children }: { ip: string; tabIndex?: TabIndex; children?: ComponentChildren }) {
  return (
    <a class="address" href={href(isAddress(ip) ? { page: "address", ip } : { page: "search", q: ip })} title={`Everything about ${ip}`} tabIndex={tabIndex}>
      {children ?? ip}
    </a>
  );
}
