// A menu that opens below a button, and closes again on Escape, on a press anywhere else, and once something is chosen.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function Popup({ label, children }: { label: string; children: ComponentChildren }) {
  const menu = useRef<HTMLDetailsElement>(null);
  useCloseOutside(menu);
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  return (
    <details ref={menu} class="popup" onSubmit={close}>
      <summary>{label}</summary>
      <div class="menu" onClick={(event) => event.target instanceof Element && event.target.closest("a") && close()}>
        {children}
      </div>
    </details>
  );
}

/** Closes the menu on Escape, giving the focus back, and on a press anywhere else. */
export function useCloseOutside(menu: { current: HTMLDetailsElement | null }): void {
  useEffect(() => {
    const close = (event: Event): void => {
      const element = menu.current;
      if (element === null || !element.open) return;
      if (event instanceof KeyboardEvent) {
        if (event.key !== "Escape") return;
        element.querySelector("summary")?.focus();
      } else if (event.target instanceof Node && element.contains(event.target)) return;
      element.open = false;
    };
    addEventListener("keydown", close);
    addEventListener("pointerdown", close);
    return () => {
      removeEventListener("keydown", close);
      removeEventListener("pointerdown", close);
    };
  }, []);
}
