// Warnings that concern every page: the server is gone, or fail2ban is.

import { fail2ban } from "../live/live.ts";
import { href } from "../routes/routes.ts";
import { unreachableSince } from "../session/session.ts";
import { useStore } from "../state/store.ts";
import { Lasting } from "../ui/moments.tsx";

export function Banners({ onOverview }: { onOverview: boolean }) {
  const since = useStore(unreachableSince);
  const state = useStore(fail2ban);
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
        (state?.state === "offline" || state?.state === "hung") && (
          <p class="banner banner-bad">
            <strong>{state.state === "hung" ? "fail2ban hangs." : "fail2ban does not answer."}</strong>{" "}
            {ended(state.problem?.detail ?? "Bans cannot be read or changed.")} {ended(state.problem?.hint ?? "")}{" "}
            <a href={href({ page: "overview" })}>More</a>
          </p>
        )
      )}
    </div>
  );
}

/** A sentence of the API's, with the full stop that it may come without. */
function ended(text: string): string {
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}
