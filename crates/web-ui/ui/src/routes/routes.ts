// The addresses of the pages, both ways: from the address bar to a page, and from a page to its address.

import { type View, viewFromSearch, viewToSearch } from "../filter/view.ts";
import { isAddress } from "../format/address.ts";
import { BASE, withoutBase } from "./base.ts";

export type Route =
  | OverviewRoute
  | { page: "jail"; jail: string }
  | { page: "search"; q: string }
  | EventsRoute
  | AddressRoute
  | { page: "allowlist" }
  | { page: "notifications" }
  | { page: "system" }
  | { page: "account" }
  | { page: "login"; next: string }
  | { page: "setup" }
  | { page: "missing"; path: string };

export interface OverviewRoute {
  page: "overview";
  /** Left out for the usual one. */
  view?: View;
}

export interface AddressRoute {
  page: "address";
  ip: string;
  /** The event that is open. */
  open?: string;
}

export interface EventsRoute {
  page: "events";
  view: View;
  /** The list begins at this moment (RFC 3339) instead of the end of the view. */
  from?: string;
  /** The event that is open. */
  open?: string;
}

const HOME = `${BASE}/`;

/** The history had this name in its address, which may stand in a bookmark or in a message. */
const FORMER_HISTORY = "events";

/** Reads an address, which is a path with an optional query. Never throws: what is unknown is `missing`. */
export function parseRoute(url: string): Route {
  const { pathname, searchParams } = new URL(withoutBase(url), "http://pages.invalid");
  const [first, second, ...more] = pathname.split("/").filter((part) => part !== "");
  const missing: Route = { page: "missing", path: pathname };
  if (first === "jails" && second !== undefined && more.length === 0) {
    const jail = decoded(second);
    return jail === null ? missing : { page: "jail", jail };
  }
  if (first === "address" && second !== undefined && more.length <= 1) {
    const ip = decoded([second, ...more].join("/"));
    return ip !== null && isAddress(ip) ? withOpen({ page: "address", ip }, searchParams) : missing;
  }
  if (second !== undefined) return missing;
  switch (first) {
    case undefined:
      return readOverview(searchParams);
    case "search":
      return { page: "search", q: (searchParams.get("q") ?? "").trim() };
    case "history":
    case FORMER_HISTORY:
      return readEvents(searchParams);
    case "allowlist":
    case "notifications":
    case "system":
    case "account":
      return { page: first };
    case "login":
      return { page: "login", next: safeNext(searchParams.get("next")) };
    case "setup":
      return { page: "setup" };
    default:
      return missing;
  }
}

/** Where a page is now whose address was another one; null for an address that is in use. The query stays as it is. */
export function movedTo(url: string): string | null {
  const { pathname, search, hash } = new URL(withoutBase(url), "http://pages.invalid");
  const isFormer = pathname.split("/").filter((part) => part !== "").join("/") === FORMER_HISTORY;
  return isFormer ? `${BASE}/history${search}${hash}` : null;
}

/** The address of a page. */
export function href(route: Route): string {
  return BASE + path(route);
}

function path(route: Route): string {
  switch (route.page) {
    case "overview":
      return `/${route.view === undefined ? "" : viewToSearch(route.view)}`;
    case "jail":
      return `/jails/${encodeURIComponent(route.jail)}`;
    case "search":
      return route.q === "" ? "/search" : `/search?${new URLSearchParams({ q: route.q })}`;
    case "events":
      return withQuery(`/history${viewToSearch(route.view)}`, { from: route.from, open: route.open });
    case "address":
      // A colon and the slash of a network may stand in a path as they are.
      return withQuery(`/address/${route.ip.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":")}`, {
        open: route.open,
      });
    case "allowlist":
    case "notifications":
    case "system":
    case "account":
      return `/${route.page}`;
    case "login":
      return route.next === HOME ? "/login" : `/login?${new URLSearchParams({ next: route.next })}`;
    case "setup":
      return "/setup";
    case "missing":
      return route.path;
  }
}

/** Two addresses with one key are one page in another state: no new title, focus or scroll position. */
export function pageKey(route: Route): string {
  if (route.page === "jail") return `jail ${route.jail}`;
  return route.page === "address" ? `address ${route.ip}` : route.page;
}

function readOverview(search: URLSearchParams): OverviewRoute {
  const view = viewFromSearch(search);
  return viewToSearch(view) === "" ? { page: "overview" } : { page: "overview", view };
}

function readEvents(search: URLSearchParams): EventsRoute {
  const route: EventsRoute = { page: "events", view: viewFromSearch(search) };
  const from = Date.parse(search.get("from") ?? "");
  if (!Number.isNaN(from)) route.from = new Date(from).toISOString();
  return withOpen(route, search);
}

function withOpen<Page extends AddressRoute | EventsRoute>(route: Page, search: URLSearchParams): Page {
  const open = search.get("open") ?? "";
  return open === "" ? route : { ...route, open };
}

/** A path with more in its query; what is undefined is left out. */
function withQuery(path: string, more: Record<string, string | undefined>): string {
  const [before = "", query = ""] = path.split("?");
  const search = new URLSearchParams(query);
  for (const [name, value] of Object.entries(more)) {
    if (value !== undefined) search.set(name, value);
  }
  return search.size === 0 ? before : `${before}?${search}`;
}

/** Where to go after the login: only a path of this site, lest a link sends people elsewhere. */
function safeNext(next: string | null): string {
  if (next === null || !/^\/(?![/\\])/.test(next)) return HOME;
  return parseRoute(next).page === "login" ? HOME : next;
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
