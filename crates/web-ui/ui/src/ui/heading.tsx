// The heading of a page: also the title of the window, and where the focus goes after a navigation.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

export const HEADING_ID = "page-heading";

export function PageHeading({ title, children }: { title: string; children?: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · BanGUI`;
  }, [title]);
  return (
    <h1 id={HEADING_ID} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}
