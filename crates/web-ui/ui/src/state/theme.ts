// Light or dark: what the system says, unless this browser was told otherwise.

import { createStore } from "./store.ts";

export type Theme = "system" | "light" | "dark";

const KEY = "bangui.theme";

export const theme = createStore<Theme>("system");

/** Reads the choice of this browser and applies it. */
export function restoreTheme(): void {
  apply(isTheme(stored()) ? (stored() as Theme) : "system");
}

/** Applies a choice and keeps it in this browser. */
export function chooseTheme(choice: Theme): void {
  apply(choice);
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Storage may be full or forbidden; the choice then holds until the page is closed.
  }
}

function apply(choice: Theme): void {
  theme.set(choice);
  if (choice === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = choice;
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function isTheme(value: string | null): value is Theme {
  return value === "system" || value === "light" || value === "dark";
}
