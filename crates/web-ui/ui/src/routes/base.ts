// The path under which BanGUI is found, where a proxy shares its host with other applications.

/** The part of a script's address before `/assets/`; nothing for a script that is not a built one. */
export function baseOf(script: string): string {
  return /^(.*)\/assets\/[^/]*$/.exec(new URL(script).pathname)?.[1] ?? "";
}

/** The path before every page and every call of the API, such as `/bangui`; empty where there is none. */
export const BASE = baseOf(import.meta.url);

/** A path without the base, if it is below it; else as it is, for a proxy that takes the base off itself. */
export function withoutBase(path: string, base = BASE): string {
  if (base === "" || !path.startsWith(base)) return path;
  const rest = path.slice(base.length);
  if (rest === "") return "/";
  return /^[/?#]/.test(rest) ? rest : path;
}
