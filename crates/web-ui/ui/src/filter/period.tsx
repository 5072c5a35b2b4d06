// The choice of a stretch of time: one of the usual lengths, or from and to.

import { useState } from "preact/hooks";
import { now } from "../state/clock.ts";
import { Choice, Field } from "../ui/field.tsx";
import { hasName, withoutName } from "./query.ts";
import { fromLocal, instant, PERIODS, toLocal, USUAL_PERIOD, type View } from "./view.ts";

/** The time stands in the query itself. */
const AS_TYPED = "typed";
const CUSTOM = "custom";

interface PeriodProps {
  view: View;
  onView: (view: View) => void;
  /** What the server says of each end. */
  errors: { since: string | undefined; until: string | undefined };
}

export function Period({ view, onView, errors }: PeriodProps) {
  const [open, setOpen] = useState(false);
  const chosen = chosenPeriod(view);
  const custom = open || chosen === CUSTOM;
  const choices: (readonly [string, string])[] = [...PERIODS, [CUSTOM, "From … to …"]];
  if (chosen === AS_TYPED) choices.unshift([AS_TYPED, "As the filter says"]);
  else if (!choices.some(([value]) => value === chosen)) choices.unshift([chosen, `Last ${chosen}`]);

  const choose = (period: string): void => {
    setOpen(period === CUSTOM);
    if (period === CUSTOM || period === AS_TYPED) return;
    const q = withoutName(withoutName(view.q, "since"), "until");
    onView({ q: period === USUAL_PERIOD || q !== view.q ? q : view.q, since: period === USUAL_PERIOD ? "" : period, until: "" });
  };
  const end = view.until === "" ? now() : (instant(view.until, now()) ?? now());
  const begin = view.since === "" ? instant(USUAL_PERIOD, end) : instant(view.since, now());
  const set = (name: "since" | "until") => (local: string) => {
    const since = begin === undefined ? "all" : new Date(begin).toISOString();
    const empty = name === "since" ? "all" : "";
    onView({ ...view, since, [name]: fromLocal(local) || empty });
  };
  return (
    <>
      <Choice label="Time" value={custom ? CUSTOM : chosen} onValue={choose} choices={choices} />
      {custom && (
        <>
          <Field
            label="From"
            type="datetime-local"
            value={begin === undefined ? "" : toLocal(begin)}
            onValue={set("since")}
            error={errors.since}
          />
          <Field
            label="To"
            type="datetime-local"
            value={view.until === "" ? "" : toLocal(end)}
            onValue={set("until")}
            error={errors.until}
          />
        </>
      )}
    </>
  );
}

function chosenPeriod({ q, since, until }: View): string {
  if (since === "" && until === "") return hasName(q, "since") || hasName(q, "until") ? AS_TYPED : USUAL_PERIOD;
  if (until !== "" || /^\d{4}-/.test(since)) return CUSTOM;
  return since;
}
