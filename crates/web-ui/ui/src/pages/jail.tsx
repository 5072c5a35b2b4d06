// One jail: its counters, its bans, a ban by hand, and its settings.

import { Fragment } from "preact";
import { getJail } from "../api/endpoints.ts";
import { Problem } from "../api/problem.ts";
import type { Jail, JailDetail } from "../api/types.ts";
import { printable } from "../format/printable.ts";
import { jailRemark, logTrouble } from "../jails/log-trouble.tsx";
import { liveJails } from "../live/live.ts";
import { useReconnected } from "../live/use-live.ts";
import { count } from "../format/number.ts";
import { href } from "../routes/routes.ts";
import { LastKnown } from "../server/last-known.tsx";
import { usePresence } from "../server/presence.ts";
import { useRefresh } from "../state/refresh.ts";
import { useResource } from "../state/resource.ts";
import { useStore } from "../state/store.ts";
import { ProblemText } from "../system/problems.tsx";
import { PageHeading } from "../ui/heading.tsx";
import { Failure, Notice } from "../ui/notice.tsx";
import { Stale } from "../ui/stale.tsx";
import { JailBans } from "./jail/jail-bans.tsx";
import { isUnread, Settings } from "./jail/settings.tsx";

const WATCHED_MS = 30_000;

/** How many log files are named. */
const NAMED = 3;

export function JailPage({ jail }: { jail: string }) {
  const loaded = useResource(jail, (signal) => getJail(jail, signal));
  const counted = useStore(liveJails);
  const live = counted?.items.find(({ name }) => name === jail) ?? null;
  const presence = usePresence();
  useReconnected(loaded.reload);
  // Whether its logs are there is looked at twice a minute.
  useRefresh(loaded, WATCHED_MS);
  const jailNow = live ?? loaded.value;
  const remark = jailNow === null ? null : jailRemark(jailNow, loaded.value, presence);
  if (loaded.value === null && loaded.error instanceof Problem && loaded.error.status === 404) {
    return <NoSuchJail jail={jail} detail={loaded.error.message} />;
  }
  return (
    <>
      <PageHeading title={jail}>
        <span class="heading-kind">Jail</span> {jail}
      </PageHeading>
      <div class="under-heading">
        <Counters jail={jailNow} />
        <LastKnown at={live === null ? null : counted?.observed_at ?? null} />
        <a href="#settings-heading">Settings</a>
      </div>
      {remark === "log" && loaded.value !== null && <LogTrouble detail={loaded.value} />}
      {remark === "silent" && loaded.value !== null && <Silent detail={loaded.value} />}
      <Stale of={loaded} />
      {loaded.value?.problem && (
        <Notice kind="error" title="Something is wrong with this jail.">
          <ProblemText problem={loaded.value.problem} />
        </Notice>
      )}
      <JailBans jail={jail} />
      <section aria-labelledby="settings-heading">
        <div class="section-head">
          <h2 id="settings-heading" tabIndex={-1}>Settings</h2>
          <p class="muted">as fail2ban runs with them now</p>
        </div>
        {loaded.value !== null && loaded.value.unreadable.length > 0 && <Unreadable settings={loaded.value.unreadable} />}
        {loaded.value !== null ? (
          <Settings detail={loaded.value} />
        ) : loaded.error !== null ? (
          <Failure title="The settings could not be loaded." error={loaded.error} onRetry={loaded.reload} />
        ) : (
          <div class="settings-skeleton" aria-hidden="true" />
        )}
      </section>
    </>
  );
}

function Unreadable({ settings }: { settings: string[] }) {
  return (
    <Notice kind="error" title="Some settings could not be read. What they are is not known.">
      <ul class="plain">
        {settings.map((setting) => (
          <li key={setting}>{printable(setting)}</li>
        ))}
      </ul>
    </Notice>
  );
}

function LogTrouble({ detail }: { detail: JailDetail }) {
  const { what, todo } = logTrouble(detail);
  return (
    <Notice kind="error" title="This jail does not see what it should.">
      <p>It {what}</p>
      <p>{todo}</p>
    </Notice>
  );
}

/** Nothing found is what a jail that reads the wrong log has in common with one that nobody attacks. */
function Silent({ detail }: { detail: JailDetail }) {
  const { watches, settings } = detail;
  return (
    <Notice title="This jail has found nothing since fail2ban started.">
      <p>
        {watches.files.length > 0 ? (
          <>
            It reads{" "}
            {watches.files.slice(0, NAMED).map(({ path }, index) => (
              <Fragment key={path}>
                {index > 0 && ", "}
                <code>{printable(path)}</code>
              </Fragment>
            ))}
            {watches.files.length > NAMED && ` and ${watches.files.length - NAMED} more`}.
          </>
        ) : (
          "It reads the system's journal."
        )}{" "}
        That is as it should be where nobody has failed there. If somebody has, it reads the wrong log, or its{" "}
        <code>failregex</code> fits no line of it:{" "}
        <code>{`fail2ban-regex ${watches.files[0] === undefined ? "systemd-journal" : printable(watches.files[0].path)} FILTER`}</code>{" "}
        tries a filter on it.
        {settings.failregex.length === 0 && !isUnread(detail, "failregex") && " It has no failregex at all."}
      </p>
    </Notice>
  );
}

function NoSuchJail({ jail, detail }: { jail: string; detail: string }) {
  return (
    <>
      <PageHeading title="No such jail" />
      <Notice kind="error" title={`fail2ban has no jail named “${jail}”.`}>
        <p>{detail}</p>
        <p>
          It may have been stopped, or the link is old. <a href={href({ page: "overview" })}>All jails</a> are on the
          overview.
        </p>
      </Notice>
    </>
  );
}

function Counters({ jail }: { jail: Jail | null }) {
  const facts: [label: string, value: number | undefined][] = [
    ["banned now", jail?.currently_banned],
    ["banned in all", jail?.total_banned],
    ["failing now", jail?.currently_failed],
    ["failed in all", jail?.total_failed],
  ];
  return (
    <dl class="counters" aria-label="Counters">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value === undefined ? <span class="bone" /> : count(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
