// Chooses between the gate (login, set-up) and the pages behind it, by the session and the address.

import { useLocation } from "preact-iso";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { EMPTY_VIEW } from "./filter/view.ts";
import { isAddress } from "./format/address.ts";
import { startLive } from "./live/live.ts";
import { AccountPage } from "./pages/account.tsx";
import { AllowlistPage } from "./pages/allowlist.tsx";
import { JailPage } from "./pages/jail.tsx";
import { LoginPage } from "./pages/login.tsx";
import { MissingPage } from "./pages/missing.tsx";
import { NotificationsPage } from "./pages/notifications.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { SearchPage } from "./pages/search.tsx";
import { SetupPage } from "./pages/setup.tsx";
import { SystemPage } from "./pages/system.tsx";
import { href, movedTo, pageKey, parseRoute, type Route } from "./routes/routes.ts";
import { checkSession, session } from "./session/session.ts";
import { Boundary } from "./shell/boundary.tsx";
import { Frame } from "./shell/frame.tsx";
import { Wordmark } from "./shell/wordmark.tsx";
import { useStore } from "./state/store.ts";
import { Failure } from "./ui/notice.tsx";
import { onDemand } from "./ui/on-demand.tsx";
import { Toasts } from "./ui/toasts.tsx";

const EventsPage = onDemand(async () => (await import("./pages/events.tsx")).EventsPage);
const AddressPage = onDemand(async () => (await import("./pages/address.tsx")).AddressPage);

export function App() {
  const { url, route: go } = useLocation();
  const state = useStore(session);
  const route = parseRoute(url);
  const redirect = redirectFor(state.phase, route, url);
  useEffect(() => {
    if (redirect !== null) go(redirect, true);
  }, [redirect]);

  if (redirect !== null || state.phase === "checking") return <Gate busy />;
  switch (state.phase) {
    case "unknown":
      return (
        <Gate>
          <Failure title="BanGUI cannot be reached." error={state.error} onRetry={() => void checkSession()} />
        </Gate>
      );
    case "setup":
      return (
        <Gate>
          <SetupPage />
        </Gate>
      );
    case "anonymous":
      return (
        <Gate>
          <LoginPage expired={state.expired} />
        </Gate>
      );
    case "user":
      return <Inside route={route} user={state.user.name} />;
  }
}

/** Where to go instead, where the session and the address do not fit together. */
export function redirectFor(phase: string, route: Route, url: string): string | null {
  const atGate = route.page === "login" || route.page === "setup";
  if (phase === "setup") return route.page === "setup" ? null : href({ page: "setup" });
  if (phase === "anonymous") {
    if (route.page === "login") return null;
    return href({ page: "login", next: route.page === "setup" ? href({ page: "overview" }) : url });
  }
  // An address has a page of its own; links to a search for it are older than that.
  if (phase === "user" && route.page === "search" && isAddress(route.q)) return href({ page: "address", ip: route.q });
  if (phase === "user" && atGate) return route.page === "login" ? route.next : href({ page: "overview" });
  return phase === "user" ? movedTo(url) : null;
}

function Inside({ route, user }: { route: Route; user: string }) {
  useEffect(startLive, []);
  return (
    <Frame route={route} user={user}>
      <Boundary key={pageKey(route)}>
        <Page route={route} user={user} />
      </Boundary>
    </Frame>
  );
}

function Page({ route, user }: { route: Route; user: string }) {
  switch (route.page) {
    case "overview":
      return <OverviewPage view={route.view ?? EMPTY_VIEW} />;
    case "jail":
      return <JailPage key={route.jail} jail={route.jail} />;
    case "search":
      return <SearchPage q={route.q} />;
    case "events":
      return <EventsPage {...route} />;
    case "address":
      return <AddressPage key={route.ip} {...route} />;
    case "allowlist":
      return <AllowlistPage />;
    case "notifications":
      return <NotificationsPage />;
    case "system":
      return <SystemPage />;
    case "account":
      return <AccountPage user={user} />;
    case "missing":
      return <MissingPage path={route.path} />;
    default:
      // The gate's pages are redirected away from before a page is chosen.
      return null;
  }
}

/** The bare frame outside a session. */
function Gate({ busy = false, children }: { busy?: boolean; children?: ComponentChildren }) {
  return (
    <>
      <main class="gate-frame" aria-busy={busy}>
        <Wordmark />
        {children}
      </main>
      <Toasts />
    </>
  );
}
