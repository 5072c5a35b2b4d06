// Moves the focus when what had it has gone.

/** Focuses an element by its id once the page is drawn again: behind an open dialog nothing can take the focus. */
export function focusSoon(id: string): void {
  setTimeout(() => document.getElementById(id)?.focus(), 0);
}
