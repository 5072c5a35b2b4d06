// Countries by their codes, in words.

const NAMES = new Intl.DisplayNames("en", { type: "region", fallback: "code" });

/** "Netherlands" for NL; what has no country is said as such. */
export function countryName(key: string): string {
  if (key === "private") return "Private network";
  if (key === "unknown") return "Unknown";
  return /^[A-Z]{2}$/.test(key) ? (NAMES.of(key) ?? key) : key;
}
