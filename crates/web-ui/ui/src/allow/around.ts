// The network that an address is usually one of: a /24 of IPv4, a /64 of IPv6.

import { isAddress, isNetwork } from "../format/address.ts";

/** The network around an address; null for what is a network already, or no address. */
export function networkAround(ip: string): string | null {
  if (!isAddress(ip) || isNetwork(ip)) return null;
  if (!ip.includes(":")) return `${ip.split(".").slice(0, 3).join(".")}.0/24`;
  const [before = "", after] = host(ip).split("::");
  const groups = (text: string | undefined): string[] => (text ?? "").split(":").filter((group) => group !== "");
  const first = groups(before);
  const last = groups(after);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => "0");
  return `${host(`${[...first, ...zeros, ...last].slice(0, 4).join(":")}::`)}/64`;
}

/** An IPv6 address in its one spelling. */
function host(ip: string): string {
  return new URL(`http://[${ip}]/`).hostname.slice(1, -1);
}
