// What stands in place of content that is not there: nothing yet, nothing found, or an error and what to do.

import type { ComponentChildren } from "preact";
import { messageOf, Problem } from "../api/problem.ts";

interface NoticeProps {
  kind?: "empty" | "error";
  title: string;
  children?: ComponentChildren;
}

export function Notice({ kind = "empty", title, children }: NoticeProps) {
  return (
    <div class={`notice notice-${kind}`} role={kind === "error" ? "alert" : undefined}>
      <p class="notice-title">{title}</p>
      {children}
    </div>
  );
}

interface FailureProps {
  /** What could not be done: "The jails could not be loaded." */
  title: string;
  error: unknown;
  onRetry?: (() => void) | undefined;
}

export function Failure({ title, error, onRetry }: FailureProps) {
  return (
    <Notice kind="error" title={title}>
      <p>{messageOf(error)}</p>
      {error instanceof Problem && error.requestId !== null && error.status >= 500 && (
        <p class="muted">
          In the server's log this is request <code>{error.requestId}</code>.
        </p>
      )}
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </Notice>
  );
}
