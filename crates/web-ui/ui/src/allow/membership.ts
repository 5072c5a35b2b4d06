// What keeps fail2ban from banning an address: entries of the allowlist and what jails ignore by themselves, in words. One
// answer for every page that tells it.

import type { AllowCheck, AllowEntry } from "../api/types.ts";
import { sameAddress } from "../format/address.ts";
import { exact } from "../format/time.ts";

/** One thing that allows an address. */
export interface Allowance {
  key: string;
  text: string;
  /** The entry that it is, which can be removed; null for what stands in fail2ban's own configuration. */
  entry: AllowEntry | null;
}

/** All that allows an address. `ip` is left out of an entry's words where it is the entry. */
export function allowances(ip: string, { entries, own }: AllowCheck): Allowance[] {
  const listed = entries.map((entry) => ({ key: `entry ${entry.id}`, text: entryWords(ip, entry), entry }));
  const ignored = (own ?? []).map(({ jail, entries }) => ({
    key: `jail ${jail}`,
    text: `Ignored in ${jail} by its configuration (${entries.join(", ")})`,
    entry: null,
  }));
  return [...listed, ...ignored];
}

/** "On the allowlist in every jail, for ever, by admin". */
function entryWords(ip: string, { address, jail, until, by }: AllowEntry): string {
  const where = jail ?? "every jail";
  const whole = sameAddress(address, ip) ? "On the allowlist" : `On the allowlist as part of ${address}`;
  return `${whole} in ${where}, ${until === null ? "for ever" : `until ${exact(until)}`}, by ${by}`;
}
