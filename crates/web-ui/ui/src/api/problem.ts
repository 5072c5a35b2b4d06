// The errors that a call of the API can end in, and the sentence that each one shows.

import { printable } from "../format/printable.ts";
import type { FieldProblem, ProblemBody } from "./types.ts";

/** The API answered, and said no. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly fields: FieldProblem[];
  /** Seconds until another attempt makes sense, where the server named them. */
  readonly retryAfter: number | null;

  constructor(status: number, body: Partial<ProblemBody>, retryAfter: number | null = null) {
    super(printable(body.detail || body.title || "") || `The server answered with status ${status}.`);
    this.status = status;
    this.code = body.code ?? "unknown";
    this.requestId = body.request_id ?? null;
    this.fields = Array.isArray(body.fields) ? body.fields : [];
    this.retryAfter = retryAfter;
  }

  /** What is wrong with a field of the request, if something is. */
  field(name: string): string | undefined {
    return this.fields.find((problem) => problem.field === name)?.message;
  }
}

/** No answer came: the server is down, or the network between. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  constructor(cause: unknown) {
    super("BanGUI's server does not answer. It may be restarting, or the network is down.", { cause });
  }
}

/** Of a request whose address is longer than the server takes it. */
const TOO_LONG = 414;

/** The codes of a refused ban that a person may insist on. */
const FORCEABLE = new Set(["ban_own_address", "ban_loopback", "ban_ignored", "ban_network_too_wide"]);

/** Whether a refused ban may be repeated with `force`. */
export function isForceable(error: unknown): error is Problem {
  return error instanceof Problem && error.status === 409 && FORCEABLE.has(error.code);
}

/** Whether the server has refused the question itself, such as a filter that it cannot read, or that is too long to be sent: asking
 * again is of no use. */
export function isRefused(error: unknown): error is Problem {
  return error instanceof Problem && (error.status === 400 || error.status === TOO_LONG);
}

/** What is wrong with a filter, by the question that it was a part of; undefined where it is not the filter. */
export function filterError(error: unknown): string | undefined {
  if (!isRefused(error)) return undefined;
  return error.status === TOO_LONG ? "The filter is too long. Leave some of it out." : error.field("q");
}

/** Whether the call needs a session that is not there, or is there no more. */
export function isSessionRequired(error: unknown): boolean {
  return error instanceof Problem && error.status === 401 && error.code === "session_required";
}

/** Whether the call was given up by the page itself, which is no failure. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The text to show for whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && error.message) return error.message;
  return "Something unexpected happened in the page. Reload it; if it happens again, please report it.";
}

/** Reads an answer that is not a success into a `Problem`, whatever its body is. */
export async function problemFrom(response: Response): Promise<Problem> {
  const retryAfter = secondsFrom(response.headers.get("retry-after"));
  try {
    const body: unknown = await response.json();
    if (body !== null && typeof body === "object") return new Problem(response.status, body, retryAfter);
  } catch {
    // Not JSON: an answer of a proxy in between. Its status is all that it tells.
  }
  return new Problem(response.status, {}, retryAfter);
}

function secondsFrom(header: string | null): number | null {
  if (header === null || !/^\d+$/.test(header)) return null;
  return Number(header);
}
