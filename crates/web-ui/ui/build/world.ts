// A Vite plugin that turns Natural Earth's countries (public domain, from the package `world-atlas`) into the module
// `virtual:world`: one SVG path for each country, by its code, small enough to be loaded on demand.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoEqualEarth, geoPath, type GeoProjection } from "d3-geo";
import iso from "iso-3166-1";
import { feature } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";
import type { FeatureCollection, Geometry } from "geojson";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";

const NAME = "virtual:world";

/** In units of the drawing, in which the coordinates are whole numbers. */
const WIDTH = 2_000;

/** Bends of a border that take less area than this, in square degrees, are straightened. */
const SMALLEST_BEND = 0.02;

/** Islands that take less area are left out, unless they are all that a country has; in square units of the drawing. */
const SMALLEST_ISLAND = 6;

/** A country that is drawn smaller than this becomes a dot that can be hit. */
const SMALLEST_SHAPE = 10;

/** What is drawn as a country of its own but has no number in ISO 3166-1: with the code that lookups give its addresses. */
const WITHOUT_NUMBER: Record<string, string> = { Kosovo: "XK", Somaliland: "SO", "N. Cyprus": "CY" };

/** Uninhabited, and half of the drawing. */
const LEFT_OUT = new Set(["AQ"]);

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>;
type Ring = [x: number, y: number][];

export function world(): Plugin {
  return {
    name: "world",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? `export default JSON.parse(${JSON.stringify(JSON.stringify(draw()))})` : undefined),
  };
}

/** The drawing: `shapes` by country code, and `dots` for countries too small for a shape. */
export function draw() {
  const rings = new Map<string, Ring[]>();
  const { features } = countries();
  const drawn = features.filter(({ properties, id }) => !LEFT_OUT.has(code(id, properties.name) ?? ""));
  const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(WIDTH, { type: "FeatureCollection", features: drawn });
  const bounds = geoPath(projection).bounds({ type: "FeatureCollection", features: drawn });
  for (const { id, properties, geometry } of drawn) {
    const country = code(id, properties.name);
    if (country === undefined) continue;
    rings.set(country, [...(rings.get(country) ?? []), ...project(geometry, projection)]);
  }
  const shapes: Record<string, string> = {};
  const dots: Record<string, [x: number, y: number]> = {};
  for (const [country, all] of [...rings].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sorted = all.map((ring) => ({ ring, area: area(ring) })).sort((a, b) => b.area - a.area);
    const largest = sorted[0];
    if (largest === undefined) continue;
    if (extent(largest.ring) < SMALLEST_SHAPE) dots[country] = middle(largest.ring);
    const kept = sorted.filter(({ area }) => area >= SMALLEST_ISLAND);
    if (kept.length > 0) shapes[country] = kept.map(({ ring }) => path(ring)).join("");
  }
  return { width: WIDTH, height: Math.ceil(bounds[1][1]), shapes, dots };
}

function countries(): FeatureCollection<Geometry, { name: string }> {
  const file = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
  const topology = presimplify(JSON.parse(readFileSync(file, "utf8")) as Countries);
  // Shared borders are simplified once, so that neighbours still touch.
  const simple = simplify(topology, SMALLEST_BEND);
  return feature(simple, simple.objects.countries);
}

function code(id: string | number | undefined, name: string): string | undefined {
  return WITHOUT_NUMBER[name] ?? iso.whereNumeric(String(id).padStart(3, "0"))?.alpha2;
}

/** The rings of a shape as they are drawn: cut where the map ends, and rounded. */
function project(geometry: Geometry, projection: GeoProjection): Ring[] {
  const text = geoPath(projection).digits(0)(geometry) ?? "";
  return text
    .split("M")
    .filter((part) => part !== "")
    .map((part) => part.replace("Z", "").split("L").map((pair) => pair.split(",").map(Number) as [number, number]));
}

/** Relative steps, which are shorter than coordinates. */
function path(ring: Ring): string {
  let [x, y] = [0, 0];
  const steps: string[] = [];
  for (const [nextX, nextY] of ring) {
    const [dx, dy] = [nextX - x, nextY - y];
    if (dx === 0 && dy === 0) continue;
    steps.push(steps.length === 0 ? `M${dx},${dy}l` : `${steps.length === 1 || dx < 0 ? "" : " "}${dx}${dy < 0 ? "" : ","}${dy}`);
    [x, y] = [nextX, nextY];
  }
  return `${steps.join("")}z`;
}

function area(ring: Ring): number {
  let twice = 0;
  ring.forEach(([x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length] as [number, number];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

function extent(ring: Ring): number {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)];
  return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
}

function middle(ring: Ring): [x: number, y: number] {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)];
  return [Math.round((Math.max(...xs) + Math.min(...xs)) / 2), Math.round((Math.max(...ys) + Math.min(...ys)) / 2)];
}
