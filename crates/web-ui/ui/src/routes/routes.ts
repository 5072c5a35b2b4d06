// The addresses of the pages, both ways: from the address bar to a page, and from a page to its address.

import type { BanEvent, Origin } from "../api/types.ts";
import { BASE, withoutBase } from "./base.ts";

const KINDS: readonly BanEvent["kind"][] = ["ban", "unban"];
const ORIGINS: readonly Origin[] = ["detected", "manual", "restored", "expired"];

/** Filters of the history, as they stand in the address. */
export interface EventFilters {
  jail: string;
  kind: BanEvent["kind"] | "";
  origin: Origin | "";
  q: string;
  since: string;
  until: string;
}

export type Route =
  | { page: "overview" }
  | { page: "jail"; jail: string }
  | { page: "search"; q: string }
  | { page: "events"; filters: EventFilters }
  | { page: "system" }
  | { page: "account" }
  | { page: "login"; next: string }
  | { page: "setup" }
  | { page: "missing"; path: string };

export const NO_FILTERS: EventFilters = { jail: "", kind: "", origin: "", q: "", since: "", until: "" };

const HOME = `${BASE}/`;

const FILTER_NAMES = Object.keys(NO_FILTERS) as (keyof EventFilters)[];

/** Reads an address, which is a path with an optional query. Never throws: what is unknown is `missing`. */
export function parseRoute(url: string): Route {
  const { pathname, searchParams } = new URL(withoutBase(url), "http://pages.invalid");
  const [first, second, ...more] = pathname.split("/").filter((part) => part !== "");
  const missing: Route = { page: "missing", path: pathname };
  if (first === "jails" && second !== undefined && more.length === 0) {
    const jail = decoded(second);
    return jail === null ? missing : { page: "jail", jail };
  }
  if (second !== undefined) return missing;
  switch (first) {
    case undefined:
      return { page: "overview" };
    case "search":
      return { page: "search", q: (searchParams.get("q") ?? "").trim() };
    case "events":
      return { page: "events", filters: readFilters(searchParams) };
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

/** The address of a page. */
export function href(route: Route): string {
  return BASE + path(route);
}

function path(route: Route): string {
  switch (route.page) {
    case "overview":
      return "/";
    case "jail":
      return `/jails/${encodeURIComponent(route.jail)}`;
    case "search":
      return route.q === "" ? "/search" : `/search?${new URLSearchParams({ q: route.q })}`;
    case "events": {
      const set = FILTER_NAMES.filter((name) => route.filters[name] !== "");
      const query = new URLSearchParams(set.map((name) => [name, route.filters[name]])).toString();
      return query === "" ? "/events" : `/events?${query}`;
    }
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
  return route.page === "jail" ? `jail ${route.jail}` : route.page;
}

function readFilters(query: URLSearchParams): EventFilters {
  const text = (name: keyof EventFilters): string => (query.get(name) ?? "").trim();
  return {
    jail: text("jail"),
    kind: KINDS.find((kind) => kind === text("kind")) ?? "",
    origin: ORIGINS.find((origin) => origin === text("origin")) ?? "",
    q: text("q"),
    since: text("since"),
    until: text("until"),
  };
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
