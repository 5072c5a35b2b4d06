import { render } from "@testing-library/preact";
import { expect, it } from "vitest";
import type { System } from "../api/types.ts";
import { CatchUp } from "./catch-up.tsx";

function text(catch_up: System["fail2ban"]["catch_up"]): string | null {
  const system = { fail2ban: { catch_up } } as System;
  return render(<CatchUp system={system} />).container.textContent;
}

it("tells what is read, how fast, and what is left, and nothing when all is read", () => {
  const since = "2026-11-23T12:00:00.000Z";
  expect(text({ since, rows: 37_400, rows_per_second: 900, rows_left: 82_600 })).toMatch(
    /37.400 rows read, 900 a second, at most 82.600 left/,
  );
  expect(text(null)).toBe("");
});
