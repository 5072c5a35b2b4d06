// The world by bans: a shade for each country, what has no place beside it. Loaded on demand, with the drawing in it.

import world from "virtual:world";
import type { Top, TopRow } from "../api/history.ts";
import { countryName } from "../format/country.ts";
import { count, counted } from "../format/number.ts";
import { classesOf, classOf } from "./classes.ts";
import { Drawing } from "./drawing.tsx";
import { MapTable } from "./map-table.tsx";

interface WorldMapProps {
  top: Top;
  asTable: boolean;
  /** The page with the rows of a country, "private" or "unknown". */
  rows: (key: string) => string;
  /** Shows only this country. */
  only: (key: string) => void;
}

export function WorldMap({ top, asTable, rows, only }: WorldMapProps) {
  if (asTable) return <MapTable top={top} rows={rows} only={only} />;
  const placed = top.rows.filter(({ key }) => isDrawn(key));
  const beside = top.rows.filter(({ key }) => !isDrawn(key));
  const starts = classesOf(Math.max(1, ...placed.map(({ bans }) => bans)));
  return (
    <>
      <Drawing placed={placed} starts={starts} only={only} />
      <Scale starts={starts} />
      <Beside beside={beside} top={top} rows={rows} />
    </>
  );
}

/** Which shade is how many bans. */
function Scale({ starts }: { starts: number[] }) {
  return (
    <ul class="map-scale plain" aria-label="Shades of the map">
      {starts.map((start, index) => {
        const next = starts[index + 1];
        const text =
          next === undefined ? `${count(start)} or more` : next - 1 === start ? count(start) : `${count(start)} – ${count(next - 1)}`;
        return (
          <li key={start}>
            <span class={`swatch heat-${classOf(start, starts)}`} aria-hidden="true" />
            {text}
          </li>
        );
      })}
    </ul>
  );
}

/** What is not on the map, so that the sums add up. */
function Beside({ beside, top, rows }: { beside: TopRow[]; top: Top; rows: (key: string) => string }) {
  const listed = top.rows.reduce((sum, { bans }) => sum + bans, 0);
  const more = top.groups - top.rows.length;
  return (
    <p class="map-beside muted">
      {counted(top.bans, "ban")}
      {beside.length === 0 && more <= 0 ? (
        ", all on the map."
      ) : (
        <>
          . Not on the map:{" "}
          {beside.map(({ key, bans }, index) => (
            <span key={key}>
              {index > 0 && ", "}
              {countryName(key)} <a href={rows(key)}>{count(bans)}</a>
            </span>
          ))}
          {beside.length > 0 && more > 0 && ", "}
          {more > 0 && `${counted(more, "more country", "more countries")} ${count(top.bans - listed)}`}.
        </>
      )}
    </p>
  );
}

function isDrawn(key: string): boolean {
  return Object.hasOwn(world.shapes, key) || Object.hasOwn(world.dots, key);
}
