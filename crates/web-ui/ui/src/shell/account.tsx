// The account menu: who is logged in, the way to the account, light or dark, and the way out.

import { useEffect, useRef } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { href } from "../routes/routes.ts";
import { endSession } from "../session/session.ts";
import { useStore } from "../state/store.ts";
import { chooseTheme, theme, type Theme } from "../state/theme.ts";
import { warn } from "../state/toasts.ts";

const THEMES: [Theme, string][] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function Account({ user, current }: { user: string; current: boolean }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const chosen = useStore(theme);
  useCloseOutside(menu);
  const leave = (): void => {
    endSession().catch((error: unknown) => warn(`You are still logged in. ${messageOf(error)}`));
  };
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  return (
    <details ref={menu} class="account">
      <summary aria-label={`Account of ${user}`}>{user}</summary>
      <div class="menu">
        <a href={href({ page: "account" })} aria-current={current ? "page" : undefined} onClick={close}>
          Account
        </a>
        <fieldset>
          <legend>Colours</legend>
          {THEMES.map(([value, text]) => (
            <label key={value}>
              <input type="radio" name="theme" checked={chosen === value} onChange={() => chooseTheme(value)} />
              {text}
            </label>
          ))}
        </fieldset>
        <button type="button" onClick={leave}>
          Log out
        </button>
      </div>
    </details>
  );
}

/** Closes the menu on Escape, giving the focus back, and on a press anywhere else. */
function useCloseOutside(menu: { current: HTMLDetailsElement | null }): void {
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
