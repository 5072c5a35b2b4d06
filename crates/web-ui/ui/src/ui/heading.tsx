// The heading of a page: also the title of the window, and where the focus goes after a navigation.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

const HEADING_ID = "page-heading";

/** The page whose heading is to get the focus is still on its way. */
let awaited = false;

/** Puts the focus on the heading of the page, now or once it is there. */
export function focusHeading(): void {
  const heading = document.getElementById(HEADING_ID);
  awaited = heading === null;
  heading?.focus({ preventScroll: true });
}

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
  useEffect(() => {
    if (awaited) focusHeading();
  }, []);
  return (
    <h1 id={HEADING_ID} tabIndex={-1} class={silent ? "unseen" : ""}>
      {children ?? title}
    </h1>
  );
}
