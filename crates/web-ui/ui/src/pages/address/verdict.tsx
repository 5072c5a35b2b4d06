// Whether an address is banned, in a sentence, and what can be done about it.

import { useState } from "preact/hooks";
import { AllowAction } from "../../allow/allow-action.tsx";
import { getJails } from "../../api/endpoints.ts";
import type { Ban } from "../../api/types.ts";
import { BanForm } from "../../bans/ban-form.tsx";
import { UnbanDialog } from "../../bans/unban-dialog.tsx";
import { prefixLength } from "../../format/address.ts";
import { counted } from "../../format/number.ts";
import { type Pages, useResource } from "../../state/resource.ts";
import { focusSoon } from "../../ui/focus.ts";
import { Failure } from "../../ui/notice.tsx";

export function Verdict({ ip, bans, onChanged }: { ip: string; bans: Pages<Ban>; onChanged: () => void }) {
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
        <div class="acts">
          {exact.length > 0 && (
            <button type="button" onClick={() => setAsked(true)}>
              Unban everywhere
            </button>
          )}
          <AllowAction ip={ip} onAllowed={onChanged} />
        </div>
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
