// The jails of fail2ban as they are now, and which of them may be watching the wrong log.

import type { Jail, ListedJail } from "../../api/types.ts";
import { counted } from "../../format/number.ts";
import { jailRemark } from "../../jails/log-trouble.tsx";
import { answers, type Presence } from "../../server/presence.ts";
import { JailLink } from "../../ui/links.tsx";
import { Failure, Notice } from "../../ui/notice.tsx";
import { JailTable } from "./jail-table.tsx";
import type { KnownJails } from "./use-jails.ts";

const NAMED = 8;

export function Jails({ known: { loaded, jails, observedAt, presence } }: { known: KnownJails }) {
  return (
    <section aria-labelledby="jails-heading">
      <div class="section-head">
        <h2 id="jails-heading">Jails</h2>
      </div>
      {jails === null && loaded.error !== null ? (
        <Failure title="The jails could not be loaded." error={loaded.error} onRetry={loaded.reload} />
      ) : jails?.length === 0 && !answers(presence) ? (
        <Notice title="The jails are not known yet.">
          <p>They appear here as soon as fail2ban answers.</p>
        </Notice>
      ) : jails?.length === 0 ? (
        <Notice title="fail2ban has no jail.">
          <p>
            Jails are switched on in fail2ban's configuration, for example with <code>enabled = true</code> under{" "}
            <code>[sshd]</code> in <code>jail.local</code>. After a reload of fail2ban they appear here.
          </p>
        </Notice>
      ) : (
        <>
          <JailTable jails={jails} asOf={observedAt} />
          <Silent jails={jails ?? []} presence={presence} />
        </>
      )}
    </section>
  );
}

/** A jail whose log is not the right one looks like one that nobody attacks. Those with trouble are named above already. */
function Silent({ jails, presence }: { jails: ListedJail[]; presence: Presence }) {
  const silent: Jail[] = jails.filter((jail) => jailRemark(jail, jail, presence) === "silent");
  if (silent.length === 0) return null;
  return (
    <p class="table-foot">
      {counted(silent.length, "jail has", "jails have")} found nothing since fail2ban started:{" "}
      {silent.slice(0, NAMED).map(({ name }, index) => (
        <span key={name}>
          {index > 0 && ", "}
          <JailLink jail={name} />
        </span>
      ))}
      {silent.length > NAMED && ` and ${silent.length - NAMED} more`}. If that is not to be expected, see on the jail's page
      whether it reads the right log.
    </p>
  );
}
