// Asks before something is done, does it, and stays open with the reason where that fails.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { Dialog } from "./dialog.tsx";

interface ConfirmProps {
  title: string;
  /** The answer that changes nothing: "Keep the ban". */
  no: string;
  /** The answer that acts, and what it says meanwhile. */
  yes: string;
  doing: string;
  act: () => Promise<void>;
  /** Why it cannot be done now; null where nothing speaks against it. */
  obstacle?: string | null;
  onCancel: () => void;
  children: ComponentChildren;
}

export function Confirm({ title, no, yes, doing, act, obstacle = null, onCancel, children }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await act();
    } catch (error) {
      setError(error);
      setBusy(false);
    }
  };

  return (
    <Dialog title={title} onCancel={onCancel}>
      {children}
      {error !== null && (
        <p class="form-error" role="alert">
          {messageOf(error)}
        </p>
      )}
      {obstacle !== null && (
        <p class="obstacle" role="status">
          {obstacle}
        </p>
      )}
      <div class="dialog-actions">
        <button type="button" autofocus onClick={onCancel}>
          {no}
        </button>
        <button type="button" class="primary" disabled={busy || obstacle !== null} onClick={() => void confirm()}>
          {busy ? doing : yes}
        </button>
      </div>
    </Dialog>
  );
}
