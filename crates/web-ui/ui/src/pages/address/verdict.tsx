// Whether an address is banned and whether it may be, in sentences, and what can be done about it: what fits its state first.

import { useState } from "preact/hooks";
import { AllowAction } from "../../allow/allow-action.tsx";
import { AllowedBy } from "../../allow/allowed-by.tsx";
import { getJails } from "../../api/endpoints.ts";
import type { AllowCheck } from "../../api/types.ts";
import { BanForm } from "../../bans/ban-form.tsx";
import { banSentence, type BanState, isBanned } from "../../bans/ban-state.ts";
import { UnbanDialog } from "../../bans/unban-dialog.tsx";
import { LastKnown } from "../../server/last-known.tsx";
import { useObstacle } from "../../server/presence.ts";
import { useUnknownBans } from "../../server/unknown-bans.ts";
import { type Resource, useResource } from "../../state/resource.ts";
import { focusSoon } from "../../ui/focus.ts";
import { Failure } from "../../ui/notice.tsx";

interface VerdictProps {
  ip: string;
  /** Null while it is not known. */
  state: BanState | null;
  /** There are more bans in force than `state` tells of. */
  more: boolean;
  allowed: Resource<AllowCheck>;
  onChanged: () => void;
}

export function Verdict({ ip, state, more, allowed, onChanged }: VerdictProps) {
  const [asked, setAsked] = useState(false);
  const jails = useResource("jails", getJails);
  const obstacle = useObstacle();
  const unknown = useUnknownBans();
  const own = state?.own ?? [];
  const bannedIn = new Set(own.map((ban) => ban.jail));
  const names = jails.value?.items.map(({ name }) => name) ?? [];
  // The jails where it is not banned yet are what a ban is for; where it is banned, the ban can be lifted.
  const open = names.filter((name) => !bannedIn.has(name));
  const choices = open.length > 0 ? open : names;
  return (
    <div class="verdict">
      <p class="verdict-word" role="status">
        {state === null ? "\u00a0" : banSentence(ip, state, { more, unknown })} <LastKnown />
      </p>
      <AllowedBy ip={ip} check={allowed} onRemoved={onChanged} />
      <div class="bar">
        <div class="acts">
          {own.length > 0 && (
            <button
              type="button"
              class="primary"
              disabled={obstacle !== null}
              title={obstacle ?? undefined}
              onClick={() => setAsked(true)}
            >
              {own.length === 1 ? `Unban from ${own[0]?.jail}` : "Unban everywhere"}
            </button>
          )}
          <AllowAction ip={ip} onAllowed={onChanged} />
        </div>
        {choices.length > 0 && state !== null && (
          <BanForm jails={choices} ip={ip} primary={!isBanned(state)} onBanned={onChanged} />
        )}
      </div>
      {jails.error !== null && names.length === 0 && (
        <Failure title="The jails could not be loaded, so nothing can be banned here." error={jails.error} onRetry={jails.reload} />
      )}
      {asked && (
        <UnbanDialog
          ip={ip}
          jail={own.length === 1 ? own[0]?.jail : undefined}
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
