// Countries by their codes, in words.

import type { Special } from "../api/types.ts";

const NAMES = new Intl.DisplayNames("en", { type: "region", fallback: "code" });

// What addresses are for that are not on the Internet, by the names of the API.
const SPECIAL: Record<Special, string> = {
  this_network: "This network",
  loopback: "Loopback (this machine)",
  private: "Private network",
  shared: "Shared by a provider (CGN)",
  link_local: "Link-local",
  documentation: "Documentation",
  benchmarking: "Benchmarking",
  multicast: "Multicast",
  broadcast: "Broadcast",
  discard: "Discard-only",
  protocol: "Internet protocols",
  relay: "Former 6to4 relay",
  translation: "Translation (NAT64)",
  segment_routing: "Segment routing",
  reserved: "Reserved",
};

/** "Netherlands" for NL, or what an address is for that is not on the Internet; what has no country is said as such. */
export function countryName(key: string, special: Special | null = null): string {
  if (special !== null) return SPECIAL[special] ?? special;
  if (key === "private") return "Not on the Internet";
  if (key === "unknown") return "Unknown";
  return /^[A-Z]{2}$/.test(key) ? (NAMES.of(key) ?? key) : key;
}
