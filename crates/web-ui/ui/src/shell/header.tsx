// The header of every page: where one is, the search, the account.

import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import { termsOf } from "../filter/query.ts";
import { EMPTY_VIEW } from "../filter/view.ts";
import { isAddress } from "../format/address.ts";
import { href, type Route } from "../routes/routes.ts";
import { Account } from "./account.tsx";
import { Wordmark } from "./wordmark.tsx";

export function Header({ route, user }: { route: Route; user: string }) {
  return (
    <header class="header">
      <a class="home" href={href({ page: "overview" })} aria-label="BanGUI, overview">
        <Wordmark />
      </a>
      <nav aria-label="Pages">
        <NavLink to={{ page: "overview" }} current={route.page} text="Overview" />
        <NavLink to={{ page: "events", view: EMPTY_VIEW }} current={route.page} text="History" />
        <NavLink to={{ page: "allowlist" }} current={route.page} text="Allowlist" />
        <NavLink to={{ page: "notifications" }} current={route.page} text="Notifications" />
        <NavLink to={{ page: "system" }} current={route.page} text="System" />
      </nav>
      <SearchBox q={route.page === "search" ? route.q : route.page === "address" ? route.ip : ""} />
      <Account user={user} current={route.page === "account"} />
    </header>
  );
}

function NavLink({ to, current, text }: { to: Route; current: Route["page"]; text: string }) {
  return (
    <a href={href(to)} aria-current={to.page === current ? "page" : undefined}>
      {text}
    </a>
  );
}

function SearchBox({ q }: { q: string }) {
  const { route } = useLocation();
  const [text, setText] = useState(q);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener("keydown", focus);
    return () => removeEventListener("keydown", focus);
  }, []);
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        route(href(placeFor(text.trim())));
      }}
    >
      <input
        ref={input}
        type="search"
        name="q"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        aria-label="Search for an address, network or text"
        aria-keyshortcuts="/"
        placeholder="Address, network, text"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

/** Where what is looked for is shown: an address has a page, a question in the query language is one about the history. */
function placeFor(q: string): Route {
  if (isAddress(q)) return { page: "address", ip: q };
  if (termsOf(q).some(({ name }) => name !== "")) return { page: "events", view: { ...EMPTY_VIEW, q } };
  return { page: "search", q };
}

/** Whether the key belongs to what is being typed, or to an open question. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]") !== null) return true;
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}
