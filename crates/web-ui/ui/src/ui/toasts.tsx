// Shows and reads out short messages.

import { useStore } from "../state/store.ts";
import { dismiss, toasts } from "../state/toasts.ts";

export function Toasts() {
  const current = useStore(toasts);
  return (
    <div class="toasts" role="log" aria-live="polite" aria-label="Messages">
      {current.map((toast) => (
        <div key={toast.id} class={`toast toast-${toast.kind}`} role={toast.kind === "failed" ? "alert" : undefined}>
          <p>{toast.text}</p>
          <button type="button" class="quiet" aria-label="Dismiss this message" onClick={() => dismiss(toast.id)}>
            <span aria-hidden="true">✕</span>
          </button>
        </div>
      ))}
    </div>
  );
}
