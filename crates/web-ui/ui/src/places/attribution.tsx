// What the licences of sources in use ask to be shown where their facts are: a line at the foot of every page.

import type { PlaceSource } from "../api/types.ts";
import { usePlaces } from "./use-places.ts";

export function Attribution() {
  const asked = attributions(usePlaces().value?.sources ?? []);
  if (asked.length === 0) return null;
  return (
    <footer class="attribution">
      {asked.map(({ text, url }) => (
        <a key={text} href={url} rel="noreferrer" target="_blank">
          {text}
        </a>
      ))}
    </footer>
  );
}

/** What is asked for, once each: two files of one provider ask for the same. */
export function attributions(sources: PlaceSource[]): { text: string; url: string }[] {
  const asked = new Map<string, { text: string; url: string }>();
  for (const { attribution } of sources) {
    if (attribution !== null && attribution.url.startsWith("https://")) asked.set(attribution.text, attribution);
  }
  return [...asked.values()];
}
