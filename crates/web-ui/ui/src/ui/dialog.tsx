// A modal question. The browser's own <dialog> keeps the focus inside, closes on Escape, and gives the focus back.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface DialogProps {
  title: string;
  /** Closed without an answer. */
  onCancel: () => void;
  /** Stands at the side of the window, as high as it, and closes on a press beside it: for looking at something. */
  side?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, onCancel, side = false, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      // Taken out of the page while open, a dialog would leave the focus nowhere. If it has gone on already, it stays.
      const nowhere = document.activeElement === null || document.activeElement === document.body;
      if (nowhere && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={side ? "dialog drawer" : "dialog"}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
      onClick={(event) => side && event.target === ref.current && onCancel()}
    >
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}

interface DialogActionsProps {
  /** What the form does, in a word. */
  yes: string;
  /** The same while it is being done. */
  doing: string;
  busy: boolean;
  onCancel: () => void;
  /** What else can be done, before the others. */
  children?: ComponentChildren;
}

/** The last line of a form in a dialog. */
export function DialogActions({ yes, doing, busy, onCancel, children }: DialogActionsProps) {
  return (
    <div class="dialog-actions">
      {children}
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
      <button type="submit" class="primary" disabled={busy}>
        {busy ? doing : yes}
      </button>
    </div>
  );
}
