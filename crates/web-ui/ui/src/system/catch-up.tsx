// How far fail2ban's database is read, while that takes longer than a moment.

import type { System } from "../api/types.ts";
import { count, counted } from "../format/number.ts";
import { Fact } from "./system-facts.tsx";

/** Nothing where all of it is read. */
export function CatchUp({ system }: { system: System }) {
  const reading = system.fail2ban.catch_up;
  if (reading === null || reading === undefined) return null;
  return (
    <Fact name="catching up with fail2ban's database:">
      {`${counted(reading.rows, "row")} read, ${count(reading.rows_per_second)} a second, at most ${count(reading.rows_left)} left`}
    </Fact>
  );
}
