// What may be wrong with a change of password, and at which field it is said.

import { describe, expect, it } from "vitest";
import { Problem, Unreachable } from "../../api/problem.ts";
import { checkNew, NO_ERRORS, readProblem } from "./password.ts";

describe("checkNew", () => {
  it("counts characters as the server does", () => {
    expect(checkNew("12characters", "12characters")).toBe(NO_ERRORS);
    expect(checkNew("🦀".repeat(12), "🦀".repeat(12))).toBe(NO_ERRORS);
    expect(checkNew("x".repeat(256), "x".repeat(256))).toBe(NO_ERRORS);
    expect(checkNew("🦀".repeat(11), "🦀".repeat(11)).fresh).toContain("this one has 11");
    expect(checkNew("x".repeat(257), "x".repeat(257)).fresh).toContain("this one has 257");
  });

  it("says when the two differ", () => {
    expect(checkNew("12characters", "12charactors")).toEqual({ repeated: "The two new passwords differ." });
  });
});

describe("readProblem", () => {
  it("puts a wrong password, and the wait after many, at the current one", () => {
    for (const code of ["password_wrong", "login_throttled"]) {
      expect(readProblem(new Problem(403, { code, detail: "No." }))).toEqual({ current: "No." });
    }
  });

  it("puts what the server says of a field at that field", () => {
    const fields = [{ field: "new_password", message: "Too common." }];
    expect(readProblem(new Problem(400, { code: "invalid", fields })).fresh).toBe("Too common.");
  });

  it("leaves everything else to the form", () => {
    expect(readProblem(new Problem(503, { code: "database_unavailable" }))).toBe(NO_ERRORS);
    expect(readProblem(new Unreachable(null))).toBe(NO_ERRORS);
  });
});
