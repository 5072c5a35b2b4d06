// Everything that is known of an address, a network or a piece of text: where it is banned now, and what was before.

import { useState } from "preact/hooks";
import { getJails, listBans, listEvents } from "../api/endpoints.ts";
import type { Ban, BanSort } from "../api/types.ts";
import { BanForm } from "../bans/ban-form.tsx";
import { BanTable } from "../bans/ban-table.tsx";
import { UnbanDialog } from "../bans/unban-dialog.tsx";
import { EventTable } from "../events/event-table.tsx";
import { isAddress, isNetwork, prefixLength } from "../format/address.ts";
import { counted } from "../format/number.ts";
import { without } from "../live/bans.ts";
import { useEvents, useReconnected } from "../live/use-live.ts";
import { type Pages, usePages, useResource } from "../state/resource.ts";
import { focusSoon } from "../ui/focus.ts";
import { PageHeading } from "../ui/heading.tsx";
import { More } from "../ui/more.tsx";
import { Failure, Notice } from "../ui/notice.tsx";

const PAGE = 50;

export function SearchPage({ q }: { q: string }) {
  if (q === "") {
    return (
      <>
        <PageHeading title="Search" />
        <Notice title="What are you looking for?">
          <p>
            An address (<code>203.0.113.7</code>, <code>2001:db8::7</code>), a network (<code>203.0.113.0/24</code>), or
            text in an address, a jail's name or a reason. Press <kbd>/</kbd> anywhere to search.
          </p>
        </Notice>
      </>
    );
  }
  return <Results key={q} q={q} />;
}

function Results({ q }: { q: string }) {
  const [sort, setSort] = useState<BanSort>("-banned_at");
  const address = isAddress(q);
  const asked = address ? { ip: q } : { q };
  const bans = usePages(`bans ${q} ${sort}`, (cursor, signal) =>
    listBans({ ...asked, sort, limit: PAGE, cursor }, signal),
  );
  const events = usePages(`events ${q}`, (cursor, signal) => listEvents({ ...asked, limit: PAGE, cursor }, signal));
  const reload = (): void => {
    bans.reload();
    events.reload();
  };
  useReconnected(reload);
  useEvents((batch) => {
    if (batch.some((event) => event.ip === q)) reload();
  });
  return (
    <>
      <PageHeading title={q}>
        <span class="heading-kind">{address ? (isNetwork(q) ? "Network" : "Address") : "Search"}</span>{" "}
        <span class={address ? "mono" : undefined}>{q}</span>
      </PageHeading>
      {address && <Verdict ip={q} bans={bans} onChanged={reload} />}
      <section aria-labelledby="bans-heading">
        <div class="section-head">
          <h2 id="bans-heading" tabIndex={-1}>
            Banned now
          </h2>
        </div>
        {bans.items === null && bans.error !== null ? (
          <Failure title="The bans could not be loaded." error={bans.error} onRetry={bans.reload} />
        ) : bans.items?.length === 0 ? (
          <Notice title={address ? "Not banned in any jail." : `No active ban matches “${q}”.`} />
        ) : (
          <>
            <BanTable
              caption={`Active bans for ${q}`}
              bans={bans.items}
              sort={sort}
              onSort={setSort}
              withJail
              onUnbanned={(ban) => {
                bans.change((current) => without(current, ban.ip, ban.jail));
                events.reload();
                focusSoon("bans-heading");
              }}
            />
            <More pages={bans} noun="ban" />
          </>
        )}
      </section>
      <section aria-labelledby="history-heading">
        <div class="section-head">
          <h2 id="history-heading">History</h2>
        </div>
        {events.items === null && events.error !== null ? (
          <Failure title="The history could not be loaded." error={events.error} onRetry={events.reload} />
        ) : events.items?.length === 0 ? (
          <Notice title={`BanGUI has seen no ban or unban of ${q}.`} />
        ) : (
          <>
            <EventTable caption={`History of ${q}`} events={events.items} />
            <More pages={events} noun="event" />
          </>
        )}
      </section>
    </>
  );
}

/** The answer in a sentence, and what can be done about it. */
function Verdict({ ip, bans, onChanged }: { ip: string; bans: Pages<Ban>; onChanged: () => void }) {
  const [asked, setAsked] = useState(false);
  const jails = useResource("jails", getJails);
  const exact = bans.items?.filter((ban) => ban.ip === ip) ?? [];
  const names = jails.value?.items.map(({ name }) => name) ?? [];
  // The jails where it is not banned yet come first, for they are what a ban is for.
  const bannedIn = new Set(exact.map((ban) => ban.jail));
  names.sort((a, b) => Number(bannedIn.has(a)) - Number(bannedIn.has(b)));
  return (
    <div class="verdict">
      <p class="verdict-word" role="status">
        {bans.items === null ? "\u00a0" : sentence(ip, exact, bans.items)}
      </p>
      <div class="bar">
        {exact.length > 0 && (
          <button type="button" onClick={() => setAsked(true)}>
            Unban everywhere
          </button>
        )}
        {names.length > 0 && <BanForm jails={names} ip={ip} onBanned={onChanged} />}
      </div>
      {jails.error !== null && names.length === 0 && (
        <Failure title="The jails could not be loaded, so nothing can be banned here." error={jails.error} />
      )}
      {asked && (
        <UnbanDialog
          ip={ip}
          onCancel={() => setAsked(false)}
          onDone={() => {
            setAsked(false);
            onChanged();
            focusSoon("bans-heading");
          }}
        />
      )}
    </div>
  );
}

function sentence(ip: string, exact: Ban[], bans: Ban[]): string {
  const found = bans.length;
  if (exact.length > 0) return `${ip} is banned in ${exact.map((ban) => ban.jail).join(", ")}.`;
  if (found === 0) return `${ip} is not banned.`;
  const around = bans.filter((ban) => prefixLength(ban.ip) < prefixLength(ip));
  if (around.length > 0) {
    return `${ip} is banned as part of ${around.map((ban) => `${ban.ip} in ${ban.jail}`).join(", ")}.`;
  }
  return `${ip} itself is not banned, but ${counted(found, "ban lies", "bans lie")} within it.`;
}
