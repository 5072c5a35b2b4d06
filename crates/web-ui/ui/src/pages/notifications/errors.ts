// Where to say what the server refused: at its field, or else below the form. Pure.

import { Problem } from "../../api/problem.ts";

/** What is wrong with a field. */
export type Errors = (field: string) => string | undefined;

/** What is to be said below the form: null where all of it is said at fields. */
export function otherThan(fields: readonly string[], error: unknown): unknown {
  if (!(error instanceof Problem) || error.fields.length === 0) return error;
  return error.fields.every(({ field }) => fields.includes(field)) ? null : error;
}
