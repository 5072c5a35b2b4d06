// What else is known of an address, in short, with what can be done about it: where it is banned now, where it was, and a ban
// in another jail.

import { useState } from "preact/hooks";
import { AllowAction } from "../allow/allow-action.tsx";
import { AllowedBy } from "../allow/allowed-by.tsx";
import { useAllowed } from "../allow/use-allowed.ts";
import { getAddress } from "../api/events.ts";
import { getJails } from "../api/endpoints.ts";
import type { Ban } from "../api/types.ts";
import { BanForm } from "../bans/ban-form.tsx";
import { banState, isBanned } from "../bans/ban-state.ts";
import { UnbanButton } from "../bans/unban-button.tsx";
import { UnbanDialog } from "../bans/unban-dialog.tsx";
import { concerns, isAddress, sameAddress } from "../format/address.ts";
import { count, counted } from "../format/number.ts";
import { capital } from "../format/words.ts";
import { useArrived } from "../live/use-arrived.ts";
import { useReconnected } from "../live/use-live.ts";
import { LastKnown } from "../server/last-known.tsx";
import { unknownWords, useUnknownBans } from "../server/unknown-bans.ts";
import { useRefresh } from "../state/refresh.ts";
import { useResource } from "../state/resource.ts";
import { focusSoon } from "../ui/focus.ts";
import { AddressLink, JailLink } from "../ui/links.tsx";
import { Ago, Remaining } from "../ui/moments.tsx";
import { Failure } from "../ui/notice.tsx";
import { eventsOf } from "./links.ts";

export function AddressBrief({ ip }: { ip: string }) {
  const arrivals = useArrived((event) => concerns(event.ip, ip));
  const loaded = useResource(`address ${ip}`, (signal) => {
    arrivals.asking();
    return getAddress(ip, signal);
  });
  useRefresh(loaded, arrivals.every);
  const jails = useResource("jails", getJails);
  const allowed = useAllowed(ip);
  const [asked, setAsked] = useState<Ban | null>(null);
  const reload = (): void => {
    loaded.reload();
    allowed.reload();
  };
  useReconnected(reload);
  const unknown = unknownWords(useUnknownBans());
  const { value, error } = loaded;
  if (value === null) {
    if (error !== null) {
      return <Failure title="The address could not be looked up." error={error} onRetry={loaded.reload} />;
    }
    return (
      <p aria-busy="true">
        <span class="bone" />
      </p>
    );
  }
  const state = banState(ip, value.active);
  const banned = new Set(state.own.map(({ jail }) => jail));
  const elsewhere = jails.value?.items.map(({ name }) => name).filter((name) => !banned.has(name)) ?? [];
  return (
    <>
      <section aria-labelledby="drawer-now">
        <h3 id="drawer-now" tabIndex={-1}>
          Banned now
        </h3>
        <LastKnown />
        {unknown !== null && (
          <p class="muted">
            {value.active.length === 0 && "No ban of it is known. "}
            {capital(unknown)}.
          </p>
        )}
        {value.active.length === 0 ? (
          unknown === null && <p class="muted">Not banned in any jail.</p>
        ) : (
          <ul class="plain rows">
            {value.active.map((ban) => (
              <li key={`${ban.jail} ${ban.ip}`}>
                <span>
                  <JailLink jail={ban.jail} /> {!sameAddress(ban.ip, ip) && <>as part of <AddressLink ip={ban.ip} /></>}
                </span>
                <span class="muted">
                  <Remaining until={ban.expires_at} />
                  {ban.expires_at !== null && " left"}
                </span>
                <UnbanButton ban={ban} onPress={() => setAsked(ban)} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="drawer-before">
        <h3 id="drawer-before">History of the address</h3>
        {value.bans === 0 || value.first === null ? (
          <p class="muted">
            BanGUI has seen no ban of it
            {value.around > 0 && (
              <>
                , but <a href={eventsOf(ip, ["kind", "ban"])}>{count(value.around)}</a> of networks around it
              </>
            )}
            .
          </p>
        ) : (
          <>
            <p>
              <a href={eventsOf(ip, ["kind", "ban"])}>{counted(value.bans + value.around, "ban")}</a>
              {value.around > 0 && `, ${count(value.around)} of them of networks around it and ${count(value.bans)} of its own,`} in{" "}
              {counted(value.jails.length, "jail")}, first <Ago at={value.first} />
              {value.last !== null && (
                <>
                  , last <Ago at={value.last} />
                </>
              )}
              .
            </p>
            <ul class="plain rows">
              {value.jails.map(({ jail, bans, last }) => (
                <li key={jail}>
                  <JailLink jail={jail} />
                  <span class="muted">
                    last <Ago at={last} />
                  </span>
                  <a href={eventsOf(ip, ["jail", jail], ["kind", "ban"])} aria-label={`${counted(bans, "ban")} in ${jail}`}>
                    {count(bans)}
                  </a>
                </li>
              ))}
            </ul>
          </>
        )}
        <p>
          <AddressLink ip={ip}>Everything about {ip}</AddressLink>
        </p>
      </section>
      {elsewhere.length > 0 && (
        <section aria-labelledby="drawer-ban">
          <h3 id="drawer-ban">{banned.size > 0 ? "Ban elsewhere" : "Ban again"}</h3>
          <BanForm jails={elsewhere} ip={ip} primary={!isBanned(state)} onBanned={loaded.reload} />
        </section>
      )}
      {isAddress(ip) && (
        <section aria-labelledby="drawer-allow">
          <h3 id="drawer-allow">Never ban it</h3>
          <AllowedBy ip={ip} check={allowed} onRemoved={reload} />
          <div class="acts">
            <AllowAction ip={ip} onAllowed={reload} />
          </div>
        </section>
      )}
      {asked !== null && (
        <UnbanDialog
          ip={asked.ip}
          jail={asked.jail}
          onCancel={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            loaded.reload();
            focusSoon("drawer-now");
          }}
        />
      )}
    </>
  );
}
