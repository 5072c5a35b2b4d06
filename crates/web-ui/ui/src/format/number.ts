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
