// The first line of a page that is about something that runs: its state in a word, facts beside it, trouble below it.

import type { ComponentChildren } from "preact";

interface StatusProps {
  /** The lamp tells the states apart by form as well as by colour. */
  lamp: "online" | "offline" | "starting" | "standby";
  word: string;
  /** What is false is left out. */
  facts?: (ComponentChildren | false)[];
  /** The state is still being asked for. */
  busy?: boolean;
  children?: ComponentChildren;
}

export function Status({ lamp, word, facts = [], busy = false, children }: StatusProps) {
  const known = facts.filter((fact) => fact !== false);
  return (
    <div class={`status status-${lamp}`} aria-busy={busy}>
      <span class={`lamp lamp-${lamp}`} aria-hidden="true" />
      <div>
        <p class="status-word" role={busy ? undefined : "status"}>
          {word}
        </p>
        {busy ? (
          <p class="status-facts">
            <span class="bone" />
          </p>
        ) : (
          <ul class="status-facts">
            {known.map((fact, index) => (
              <li key={index}>{fact}</li>
            ))}
          </ul>
        )}
        {children}
      </div>
    </div>
  );
}
