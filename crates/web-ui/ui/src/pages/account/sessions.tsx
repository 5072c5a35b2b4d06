// One's own sessions: where one is logged in, and the way to end each of them.

import { useState } from "preact/hooks";
import { deleteOtherSessions, deleteSession } from "../../api/endpoints.ts";
import { messageOf } from "../../api/problem.ts";
import type { OwnSession, Page } from "../../api/types.ts";
import { browserName } from "../../format/browser.ts";
import { counted } from "../../format/number.ts";
import { loggedOut } from "../../session/session.ts";
import type { Resource } from "../../state/resource.ts";
import { tell, warn } from "../../state/toasts.ts";
import { Confirm } from "../../ui/confirm.tsx";
import { focusSoon } from "../../ui/focus.ts";
import { Failure, Notice } from "../../ui/notice.tsx";
import { Stale } from "../../ui/stale.tsx";
import { SessionTable } from "./session-table.tsx";

const HEADING = "sessions-heading";

export function Sessions({ sessions }: { sessions: Resource<Page<OwnSession>> }) {
  const [asked, setAsked] = useState<OwnSession | "others" | null>(null);
  const [ending, setEnding] = useState<ReadonlySet<string>>(new Set());
  const { value, error, reload } = sessions;
  const items = value?.items ?? null;
  const others = items?.filter(({ current }) => !current).length ?? 0;

  /** What had the focus is gone, or about to go. */
  const reloadAfter = (): void => {
    reload();
    focusSoon(HEADING);
  };

  const end = (session: OwnSession): void => {
    if (session.current) return setAsked(session);
    if (ending.has(session.id)) return;
    setEnding((before) => new Set(before).add(session.id));
    deleteSession(session.id)
      .then(
        () => tell(`The session of ${browserName(session.user_agent)} has ended.`),
        (error: unknown) => {
          setEnding((before) => new Set([...before].filter((id) => id !== session.id)));
          warn(`The session was not ended. ${messageOf(error)}`);
        },
      )
      .finally(reloadAfter);
  };

  const endOwn = async (session: OwnSession): Promise<void> => {
    await deleteSession(session.id);
    loggedOut();
  };

  const endOthers = async (): Promise<void> => {
    const { ended } = await deleteOtherSessions();
    const others = counted(ended, "other session has", "other sessions have");
    tell(ended === 0 ? "There was no other session." : `${others} ended.`);
    setAsked(null);
    reloadAfter();
  };

  return (
    <section aria-labelledby={HEADING}>
      <div class="section-head">
        <h2 id={HEADING} tabIndex={-1}>
          Sessions
        </h2>
        {others > 0 && (
          <button type="button" class="small" onClick={() => setAsked("others")}>
            End all others
          </button>
        )}
      </div>
      {items === null && error !== null ? (
        <Failure title="Your sessions could not be loaded." error={error} onRetry={reload} />
      ) : items?.length === 0 ? (
        <Notice title="No session is listed.">
          <p>The one that you use now may have just ended.</p>
        </Notice>
      ) : (
        <SessionTable sessions={items} ending={ending} onEnd={end} />
      )}
      <Stale of={sessions} />
      {asked === "others" && (
        <Confirm
          title="End all other sessions?"
          no="Keep them"
          yes="End all others"
          doing="Ending…"
          act={endOthers}
          onCancel={() => setAsked(null)}
        >
          <p>Whoever uses them has to log in again. The session that you use now goes on.</p>
        </Confirm>
      )}
      {asked !== null && asked !== "others" && (
        <Confirm
          title="End this session?"
          no="Stay logged in"
          yes="End it and log out"
          doing="Ending…"
          act={() => endOwn(asked)}
          onCancel={() => setAsked(null)}
        >
          <p>It is the one that you use now: you will be logged out.</p>
        </Confirm>
      )}
    </section>
  );
}
