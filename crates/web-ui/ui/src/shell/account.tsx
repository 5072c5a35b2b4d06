// The account menu: who is logged in, the way to the account, light or dark, and the way out.

import { useRef } from "preact/hooks";
import { messageOf } from "../api/problem.ts";
import { href } from "../routes/routes.ts";
import { endSession } from "../session/session.ts";
import { useStore } from "../state/store.ts";
import { chooseTheme, theme, type Theme } from "../state/theme.ts";
import { warn } from "../state/toasts.ts";
import { useCloseOutside } from "../ui/popup.tsx";

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
