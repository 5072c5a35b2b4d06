// The button beside unban and ban that puts an address on the allowlist.

import { useState } from "preact/hooks";
import { AllowDialog } from "./allow-dialog.tsx";

export function AllowAction({ ip, onAllowed }: { ip: string; onAllowed: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setAsked(true)}>
        Allow…
      </button>
      {asked && (
        <AllowDialog
          ip={ip}
          onCancel={() => setAsked(false)}
          onDone={() => {
            setAsked(false);
            onAllowed();
          }}
        />
      )}
    </>
  );
}
