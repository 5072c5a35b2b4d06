// Tells addresses and networks from other text, so that a search asks the right question. fail2ban and the API
// decide what an address really is.

const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$|\/)|(?=$|\/))){4}(?:\/(?:3[0-2]|[12]?\d))?$/;
const V6 = /^[0-9a-f:]*:[0-9a-f:]*(?:\d+\.\d+\.\d+\.\d+)?(?:\/(?:12[0-8]|1[01]\d|\d?\d))?$/i;

/** Whether the text is an address, or a network in prefix notation, of IPv4 or IPv6. */
export function isAddress(text: string): boolean {
  if (V4.test(text)) return true;
  if (!V6.test(text)) return false;
  try {
    return new URL(`http://[${text.replace(/\/\d+$/, "")}]/`).hostname !== "";
  } catch {
    return false;
  }
}

/** Whether the text is a network in prefix notation. */
export function isNetwork(text: string): boolean {
  return text.includes("/") && isAddress(text);
}

/** An address or network as numbers: its family, its first address, and how many bits it fixes. */
interface Range {
  bits: 32 | 128;
  first: bigint;
  prefix: number;
}

/** Whether two texts are one address or network, however each is spelled. */
export function sameAddress(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== null && b !== null && a.bits === b.bits && a.prefix === b.prefix && a.first === b.first;
}

/** Whether all of an address or network lies in a network; one lies in itself. */
export function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [rangeOf(inner), rangeOf(outer)];
  if (a === null || b === null || a.bits !== b.bits || a.prefix < b.prefix) return false;
  const rest = BigInt(b.bits - b.prefix);
  return a.first >> rest === b.first >> rest;
}

/** Whether what happens to one changes what is told of the other: they are the same, or one lies in the other. */
export function concerns(one: string, other: string): boolean {
  return one === other || isWithin(one, other) || isWithin(other, one);
}

/** Null for what is no address. IPv4 in IPv6's clothes is IPv4. */
function rangeOf(text: string): Range | null {
  if (!isAddress(text)) return null;
  const [host = "", mask] = text.split("/");
  const v6 = host.includes(":");
  const number = v6 ? numberOfV6(host) : numberOfV4(host);
  const mapped = v6 && number >> 32n === 0xffffn && (mask === undefined || Number(mask) >= 96);
  const bits = v6 && !mapped ? 128 : 32;
  const prefix = mask === undefined ? bits : Number(mask) - (mapped ? 96 : 0);
  const rest = BigInt(bits - prefix);
  const own = mapped ? number & 0xffffffffn : number;
  return { bits, first: (own >> rest) << rest, prefix };
}

function numberOfV4(host: string): bigint {
  return host.split(".").reduce((number, part) => number * 256n + BigInt(part), 0n);
}

function numberOfV6(host: string): bigint {
  // The browser writes an address in one way: in groups of hexadecimal digits, the longest run of zeros left out.
  const [before = "", after] = new URL(`http://[${host}]/`).hostname.slice(1, -1).split("::");
  const groups = (part: string | undefined): string[] => (part ?? "").split(":").filter((group) => group !== "");
  const [head, tail] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => "0");
  return [...head, ...zeros, ...tail].reduce((number, group) => number * 65_536n + BigInt(`0x${group}`), 0n);
}
