// Who is logged in, and whether the server can be reached at all.

import { watchCalls } from "../api/client.ts";
import { getSession, getSetup, logOut } from "../api/endpoints.ts";
import { isSessionRequired } from "../api/problem.ts";
import type { User } from "../api/types.ts";
import { now } from "../state/clock.ts";
import { createStore } from "../state/store.ts";

export type SessionState =
  | { phase: "checking" }
  | { phase: "unknown"; error: unknown }
  | { phase: "setup" }
  | { phase: "anonymous"; expired: boolean }
  | { phase: "user"; user: User };

export const session = createStore<SessionState>({ phase: "checking" });

/** Since when no call has been answered, in epoch milliseconds; null while the server answers. */
export const unreachableSince = createStore<number | null>(null);

/** Asks the server who is logged in, and where nobody is, whether there is anyone who could. */
export async function checkSession(): Promise<void> {
  try {
    const { user } = await getSession();
    session.set({ phase: "user", user });
  } catch (error) {
    if (isSessionRequired(error)) await checkSetup();
    else session.set({ phase: "unknown", error });
  }
}

async function checkSetup(): Promise<void> {
  try {
    const { needed } = await getSetup();
    session.set(needed ? { phase: "setup" } : { phase: "anonymous", expired: false });
  } catch (error) {
    session.set({ phase: "unknown", error });
  }
}

/** Takes note of a login or set-up that succeeded. */
export function loggedIn(user: User): void {
  session.set({ phase: "user", user });
}

/** Ends the session, here and on the server. Throws, and stays logged in, where the server does not answer. */
export async function endSession(): Promise<void> {
  await logOut();
  loggedOut();
}

/** Takes note that the server has ended this session on request. */
export function loggedOut(): void {
  session.set({ phase: "anonymous", expired: false });
}

/** Keeps the stores true by what every call reports. */
export function watchSession(): () => void {
  return watchCalls({
    sessionRequired() {
      if (session.get().phase === "user") session.set({ phase: "anonymous", expired: true });
    },
    reached(answered) {
      if (answered) unreachableSince.set(null);
      else unreachableSince.update((since) => since ?? now());
    },
  });
}
