// Short messages about what was just done. Knows not how they look.

import { createStore } from "./store.ts";

export interface Toast {
  id: number;
  kind: "done" | "failed";
  text: string;
}

/** Long enough to be read twice; failures stay until they are dismissed. */
const DONE_MS = 8_000;
const MOST = 4;

export const toasts = createStore<Toast[]>([]);

let lastId = 0;

/** Says that something was done. */
export function tell(text: string): void {
  const id = add("done", text);
  setTimeout(() => dismiss(id), DONE_MS);
}

/** Says that something failed. */
export function warn(text: string): void {
  add("failed", text);
}

export function dismiss(id: number): void {
  toasts.update((current) => current.filter((toast) => toast.id !== id));
}

function add(kind: Toast["kind"], text: string): number {
  lastId += 1;
  const toast: Toast = { id: lastId, kind, text };
  toasts.update((current) => [...current, toast].slice(-MOST));
  return toast.id;
}
