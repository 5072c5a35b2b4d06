// Warnings that concern every page: the server is gone, fail2ban is, or what it bans is not recorded.

import { printable } from "../format/printable.ts";
import { fail2ban } from "../live/live.ts";
import { href } from "../routes/routes.ts";
import { type Presence, usePresence } from "../server/presence.ts";
import { unreachableSince } from "../session/session.ts";
import { useStore } from "../state/store.ts";
import { PROBLEM_WORDS } from "../system/problems.tsx";
import { Lasting } from "../ui/moments.tsx";

const WORDS: Partial<Record<Presence, string>> = {
  offline: "fail2ban does not answer.",
  hung: "fail2ban hangs.",
  unpolled: PROBLEM_WORDS["unpolled"] ?? "",
};

export function Banners({ onOverview }: { onOverview: boolean }) {
  const since = useStore(unreachableSince);
  const state = useStore(fail2ban);
  const presence = usePresence();
  const words = WORDS[presence];
  const problem = presence === "unpolled" ? state?.problems.find(({ code }) => code === "unpolled") : state?.problem;
  return (
    <div class="banners" role="status">
      {since !== null ? (
        <p class="banner banner-bad">
          <strong>BanGUI's server does not answer</strong>, for <Lasting since={new Date(since).toISOString()} />. What you see
          is the last that was known. Trying again by itself.
        </p>
      ) : (
        // The overview has this as its first line.
        !onOverview &&
        words !== undefined && (
          <p class="banner banner-bad">
            <strong>{words}</strong> {ended(problem?.detail ?? "Bans cannot be read or changed.")} {ended(problem?.hint ?? "")}{" "}
            <a href={href({ page: "overview" })}>More</a>
          </p>
        )
      )}
    </div>
  );
}

/** A sentence of the API's, with the full stop that it may come without. */
function ended(text: string): string {
  return text === "" || /[.!?]$/.test(text) ? printable(text) : `${printable(text)}.`;
}
