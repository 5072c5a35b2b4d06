// What a time line is drawn from: series and their colours, where bars stand, and what the axis says.

import { describe, expect, it } from "vitest";
import { timelineOf } from "../testing/history.ts";
import { axisNames, bucketName } from "./calendar.ts";
import { gapIn } from "./gaps.ts";
import { bars, bucketAt, ghost, layOut, sums } from "./plot.ts";
import { assignColours, COLOURS, seriesName, seriesOf, totals } from "./series.ts";

const TIMELINE = timelineOf({ sshd: [3, 0, 1, 4], nginx: [1, 2, 0, 0] }, { others: [0, 0, 5, 0] });
const SERIES = seriesOf(TIMELINE, "jail", new Map([["sshd", 1]]));

/** The local time of each moment, in the form of the API. */
function moments(count: number, stepMs: number, from: string): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(from) + index * stepMs).toISOString().replace(".000Z", "+00:00"),
  );
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

describe("series", () => {
  it("end with what they leave out, so that nothing is missing", () => {
    expect(SERIES.map(({ key, sum }) => [key, sum])).toEqual([["sshd", 8], ["nginx", 3], [null, 5]]);
    expect(totals(SERIES, 4)).toEqual(sums(TIMELINE));
    expect(seriesOf(timelineOf({ sshd: [1] }), "jail", new Map())).toHaveLength(1);
  });

  it("keep their colours while others come and go", () => {
    const first = assignColours(new Map(), ["a", "b", "c"]);
    const second = assignColours(first, ["c", "d", "a"]);
    expect([second.get("a"), second.get("c")]).toEqual([first.get("a"), first.get("c")]);
    expect(second.get("d")).toBe(first.get("b"));
  });

  it("have as many different colours as the server sends series", () => {
    const keys = Array.from({ length: COLOURS }, (_, index) => `jail ${index}`);
    expect(new Set(assignColours(new Map(), keys).values()).size).toBe(COLOURS);
  });

  it("have names that can be read, whatever stands in them", () => {
    expect(seriesName("country", "NL", null)).toBe("Netherlands");
    expect(seriesName("network", "AS64500", "Example")).toBe("Example");
    expect(seriesName("network", "unknown", null)).toBe("Unknown");
    expect(seriesName("jail", "a\u202eb\u0007", null)).toBe("a\ufffdb\u2407");
  });
});

describe("the plot", () => {
  const plot = layOut(TIMELINE, SERIES, [], 400, 100);

  it("is as high as its tallest bar, and has lines at whole numbers", () => {
    expect(plot.top).toBeGreaterThanOrEqual(6);
    expect(plot.ticks.every(Number.isInteger)).toBe(true);
    expect(layOut(TIMELINE, SERIES, [40], 400, 100).top).toBeGreaterThanOrEqual(40);
    expect(layOut(timelineOf({ sshd: [0, 0] }), [], [], 400, 100).top).toBe(1);
  });

  it("stands bars on each other, and leaves out what is nothing", () => {
    const [sshd = "", nginx = ""] = bars(plot, SERIES);
    expect(sshd.match(/M/g)).toHaveLength(3);
    expect(nginx.match(/M/g)).toHaveLength(2);
    expect(nginx.startsWith(`M0 ${tenths(plot.y(4))}`)).toBe(true);
  });

  it("finds the bucket below the pointer, also beside the plot", () => {
    expect([-5, 0, 99, 100, 399, 400, 900].map((x) => bucketAt(plot, x))).toEqual([0, 0, 0, 1, 3, 3, 3]);
  });

  it("gives a bucket that is cut less room", () => {
    const cut = timelineOf({ sshd: [1, 1] }, { starts: ["2026-11-23T03:00:00+01:00", "2026-11-23T06:00:00+01:00"] });
    expect(layOut(cut, [], [], 300, 100).xs).toEqual([0, 100, 300]);
  });

  it("lays the period before under this one", () => {
    const earlier = timelineOf({ sshd: [2, 2] });
    expect(ghost(plot, null)).toBe("");
    expect(ghost(plot, earlier).startsWith(`M0 100V${tenths(plot.y(2))}H100`)).toBe(true);
  });

  it("knows which gap a bucket touches", () => {
    const gap = { since: "2026-11-23T05:00:00+01:00", until: "2026-11-23T07:00:00+01:00", cause: "unwatched" as const };
    const gapped = { ...TIMELINE, gaps: [gap] };
    expect([0, 1, 2].map((at) => gapIn(gapped, plot.edges[at] ?? 0, plot.edges[at + 1] ?? 0))).toEqual([gap, gap, null]);
  });
});

describe("the axis", () => {
  const HOUR = 3_600_000;

  it("names few enough beginnings, at round times of the zone's own day", () => {
    const texts = (starts: string[], most: number) => axisNames(starts, "PT1H", most).map(({ text }) => text);
    expect(texts(moments(12, HOUR / 12, "2026-11-23T22:30:00Z"), 3)).toEqual(["22:30", "23:00"]);
    expect(texts(moments(48, HOUR, "2026-11-23T00:00:00Z"), 8)).toEqual([
      ...["23 Nov", "06:00", "12:00", "18:00", "24 Nov", "06:00", "12:00", "18:00"],
    ]);
    expect(texts(moments(60, 24 * HOUR, "2026-11-23T00:00:00Z"), 6).length).toBeLessThanOrEqual(6);
    expect(texts(moments(60, 24 * HOUR, "2026-11-23T00:00:00Z"), 6).length).toBeGreaterThan(1);
  });

  it("stays right when clocks change: the server's offsets tell", () => {
    const starts = ["2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", "2026-10-27T00:00:00+01:00"];
    expect(axisNames(starts, "P1D", 5).map(({ text }) => text)).toEqual(["25 Oct", "26 Oct", "27 Oct"]);
    expect(bucketName("2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "PT1H")).toBe("Sun 25 Oct, 02:00 – 02:00");
  });

  it("names years, as few as there is room for", () => {
    const years = Array.from({ length: 12 }, (_, index) => `${2016 + index}-01-01T00:00:00+01:00`);
    expect(axisNames(years, "P1Y", 3).map(({ text }) => text)).toEqual(["2020", "2025"]);
    expect(bucketName(years[0] ?? "", years[1] ?? "", "P1Y")).toBe("2016");
  });

  it("names a year where it begins", () => {
    const months = ["2026-11-01", "2026-12-01", "2027-01-01"].map((day) => `${day}T00:00:00+01:00`);
    expect(axisNames(months, "P1M", 3).map(({ text }) => text)).toEqual(["Nov", "Dec", "2027"]);
  });

  it.each([
    ["PT6H", "2026-11-24T06:00:00+01:00", "2026-11-24T12:00:00+01:00", "Tue 24 Nov, 06:00 – 12:00"],
    ["P1D", "2026-11-24T00:00:00+01:00", "2026-11-25T00:00:00+01:00", "Tue 24 Nov 2026"],
    ["P1W", "2026-11-23T00:00:00+01:00", "2026-11-30T00:00:00+01:00", "23 Nov – 29 Nov 2026"],
    ["P1M", "2026-11-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00", "November 2026"],
  ] as const)("names a bucket of %s", (bucket, start, end, name) => {
    expect(bucketName(start, end, bucket)).toBe(name);
  });
});
