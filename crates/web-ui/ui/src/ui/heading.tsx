// The heading of a page: also the title of the window, and where the focus goes after a navigation.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

export const HEADING_ID = "page-heading";

interface PageHeadingProps {
  title: string;
  /** For screen readers only, where the page's first line says it all. */
  silent?: boolean;
  children?: ComponentChildren;
}

export function PageHeading({ title, silent = false, children }: PageHeadingProps) {
  useEffect(() => {
    document.title = `${title} · BanGUI`;
  }, [title]);
  return (
    <h1 id={HEADING_ID} tabIndex={-1} class={silent ? "unseen" : ""}>
      {children ?? title}
    </h1>
  );
}
