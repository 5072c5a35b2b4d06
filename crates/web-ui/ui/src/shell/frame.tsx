// What surrounds every page behind the login: skip link, header, warnings, messages, and where the focus goes.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Attribution } from "../places/attribution.tsx";
import { pageKey, type Route } from "../routes/routes.ts";
import { focusHeading } from "../ui/heading.tsx";
import { Toasts } from "../ui/toasts.tsx";
import { Banners } from "./banners.tsx";
import { Header } from "./header.tsx";

interface FrameProps {
  route: Route;
  user: string;
  children: ComponentChildren;
}

export function Frame({ route, user, children }: FrameProps) {
  useFocusOnArrival(pageKey(route), route.page === "search" ? route.q : "");
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header route={route} user={user} />
      <Banners onOverview={route.page === "overview"} />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Attribution />
      <Toasts />
    </>
  );
}

/** A navigation puts the focus on the heading of the new page, as a page load would put the reader at its top. */
function useFocusOnArrival(page: string, detail: string): void {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    focusHeading();
  }, [page, detail]);
}
