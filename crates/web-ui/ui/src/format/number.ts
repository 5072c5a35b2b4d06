// Numbers as an operator reads them.

const grouped = new Intl.NumberFormat("en");

/** A count with separators: 1,234,567. */
export function count(value: number): string {
  return grouped.format(value);
}

/** A count with its noun: "1 jail", "3 jails". */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** A count where there is little room, such as at an axis: 1.2K, 3M. */
export function compact(value: number): string {
  return short.format(value);
}
