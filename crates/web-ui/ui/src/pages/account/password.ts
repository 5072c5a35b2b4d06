// What may be wrong with a change of password, and at which field to say it. Pure.

import { messageOf, Problem } from "../../api/problem.ts";

const SHORTEST = 12;
const LONGEST = 256;

export interface FieldErrors {
  current?: string | undefined;
  fresh?: string | undefined;
  repeated?: string | undefined;
}

export const NO_ERRORS: FieldErrors = {};

/** What can be told without asking the server, which has the last word. */
export function checkNew(fresh: string, repeated: string): FieldErrors {
  // As the server counts: an emoji is one character.
  const length = [...fresh].length;
  if (length < SHORTEST || length > LONGEST) {
    return { fresh: `It needs ${SHORTEST} to ${LONGEST} characters; this one has ${length}.` };
  }
  return fresh === repeated ? NO_ERRORS : { repeated: "The two new passwords differ." };
}

/** Where to say what the server refused; `NO_ERRORS` for what concerns no field. */
export function readProblem(error: unknown): FieldErrors {
  if (!(error instanceof Problem)) return NO_ERRORS;
  // Wrong guesses at the current password are what is throttled.
  if (error.code === "password_wrong" || error.code === "login_throttled") return { current: messageOf(error) };
  const [current, fresh] = [error.field("current_password"), error.field("new_password")];
  return current === undefined && fresh === undefined ? NO_ERRORS : { current, fresh };
}
