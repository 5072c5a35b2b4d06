// A number that leads to the rows that it counts. One that counts nothing, or that no filter can name, is only a number.

import { count } from "../format/number.ts";

export function NumberLink({ value, href }: { value: number; href: string | null }) {
  if (value === 0) return <span class="muted">0</span>;
  return href === null ? <>{count(value)}</> : <a href={href}>{count(value)}</a>;
}
