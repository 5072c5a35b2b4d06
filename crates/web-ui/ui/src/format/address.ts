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

/** How many bits a network fixes; an address fixes all of them. */
export function prefixLength(text: string): number {
  const bits = text.split("/")[1];
  if (bits !== undefined) return Number(bits);
  return text.includes(":") ? 128 : 32;
}
