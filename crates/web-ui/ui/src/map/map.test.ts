// The map: which shade is how many bans, and that the drawing has the countries.

import world from "virtual:world";
import { describe, expect, it } from "vitest";
import { CLASSES, classesOf, classOf } from "./classes.ts";

describe("classes", () => {
  it.each([1, 2, 3, 7, 10, 99, 1_000, 48_210, 3_000_000])("of up to %d begin at 1, rise, and hold the largest", (largest) => {
    const starts = classesOf(largest);
    expect(starts[0]).toBe(1);
    expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
    expect(starts.length).toBeLessThanOrEqual(CLASSES);
    expect(classOf(largest, starts)).toBe(CLASSES);
  });

  it("go by powers, not by shares", () => {
    expect(classesOf(100_000)).toEqual([1, 10, 100, 1_000, 10_000]);
  });

  it("leave what has no ban without a shade", () => {
    expect(classOf(0, [1, 10])).toBe(0);
    expect(classOf(1, [1, 10])).toBeGreaterThan(0);
  });
});

describe("the drawing", () => {
  it("has the countries by their codes, small ones as dots", () => {
    for (const code of ["US", "CN", "NL", "FR", "NO", "XK", "TW", "SO"]) expect(world.shapes).toHaveProperty(code);
    for (const code of ["SG", "HK", "MT", "MC", "MO"]) expect(world.dots).toHaveProperty(code);
    expect(Object.keys({ ...world.shapes, ...world.dots }).length).toBeGreaterThan(230);
  });

  it("stays within its frame, and is small enough to be loaded on demand", () => {
    for (const [x, y] of Object.values(world.dots)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(world.width);
      expect(y).toBeLessThanOrEqual(world.height);
    }
    expect(JSON.stringify(world).length).toBeLessThan(100_000);
  });
});
