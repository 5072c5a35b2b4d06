// Links that mean the same everywhere: a jail leads to the jail, an address to everything known of it.

import type { ComponentChildren } from "preact";
import { printable } from "../format/printable.ts";
import { href } from "../routes/routes.ts";

export function JailLink({ jail }: { jail: string }) {
  return (
    <a class="jail" href={href({ page: "jail", jail })}>
      {printable(jail)}
    </a>
  );
}

export function AddressLink({ ip, children }: { ip: string; children?: ComponentChildren }) {
  return (
    <a class="address" href={href({ page: "address", ip })} title={`Everything about ${ip}`}>
      {children ?? ip}
    </a>
  );
}
