// A component whose script is loaded when it is first shown, so that the first page does not wait for it.

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failure } from "./notice.tsx";

/** A component that `load` imports. Meanwhile the page is marked as busy; a script that cannot be had is said to be missing. */
export function onDemand<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Loaded: ComponentType<Props> | null = null;
  return function OnDemand(props: Props) {
    const [, draw] = useState(0);
    const [round, setRound] = useState(0);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
      if (Loaded !== null) return;
      let gone = false;
      setError(null);
      load().then(
        (component) => {
          Loaded = component;
          if (!gone) draw((count) => count + 1);
        },
        (error: unknown) => {
          if (!gone) setError(error);
        },
      );
      return () => {
        gone = true;
      };
    }, [round]);
    if (Loaded !== null) return <Loaded {...props} />;
    if (error === null) return <div class="on-demand" aria-busy="true" />;
    return (
      <Failure
        title="This part of the page could not be loaded. Where BanGUI was updated meanwhile, reloading the page helps."
        error={error}
        onRetry={() => setRound((round) => round + 1)}
      />
    );
  };
}
