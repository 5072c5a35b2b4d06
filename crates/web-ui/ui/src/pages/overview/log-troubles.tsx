// The jails that cannot find what they should, each with what is wrong and what to do.

import { Fragment } from "preact";
import type { ListedJail } from "../../api/types.ts";
import { counted } from "../../format/number.ts";
import { jailRemark, logTrouble } from "../../jails/log-trouble.tsx";
import type { Presence } from "../../server/presence.ts";
import { JailLink } from "../../ui/links.tsx";

const NAMED = 5;

export function LogTroubles({ jails, presence }: { jails: ListedJail[]; presence: Presence }) {
  const troubled = jails.filter((jail) => jailRemark(jail, jail, presence) === "log");
  if (troubled.length === 0) return null;
  return (
    <div class="status-problem" role="status">
      {troubled.slice(0, NAMED).map((jail) => {
        const { what, todo } = logTrouble(jail);
        return (
          <Fragment key={jail.name}>
            <p>
              The jail <JailLink jail={jail.name} /> {what}
            </p>
            <p class="hint-line">{todo}</p>
          </Fragment>
        );
      })}
      {troubled.length > NAMED && <p>{counted(troubled.length - NAMED, "more jail")} likewise.</p>}
    </div>
  );
}
