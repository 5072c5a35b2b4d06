// The drawing of the world: countries in shades, and what is told of the one that is pointed at or reached by keyboard.

import type { ComponentChildren } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import world from "virtual:world";
import type { TopRow } from "../api/history.ts";
import { change } from "../format/change.ts";
import { countryName } from "../format/country.ts";
import { count, counted } from "../format/number.ts";
import { classOf } from "./classes.ts";

/** In units of the drawing: large enough for a finger on a phone would hide half of Europe. */
const DOT = 7;
const BESIDE_PX = 12;

/** The country that is told of, and where. */
interface At {
  key: string;
  x: number;
  y: number;
  /** How wide the map is. */
  width: number;
}

interface DrawingProps {
  placed: TopRow[];
  starts: number[];
  only: (key: string) => void;
}

export function Drawing({ placed, starts, only }: DrawingProps) {
  const [at, setAt] = useState<At | null>(null);
  /** What was told of when a finger came down: the first touch of a country tells of it, the second one leads on. */
  const touched = useRef<string | null>(null);
  const byKey = useMemo(() => new Map(placed.map((row) => [row.key, row])), [placed]);
  const shapes = useMemo(() => <Shapes byKey={byKey} starts={starts} />, [byKey, starts.join()]);
  const follow = (event: PointerEvent): void => {
    const key = countryOf(event);
    const box = (event.currentTarget as Element).getBoundingClientRect();
    setAt(key === null ? null : { key, x: event.clientX - box.left, y: event.clientY - box.top, width: box.width });
  };
  const step = (event: KeyboardEvent): void => {
    const index = placed.findIndex(({ key }) => key === at?.key);
    const moves: Record<string, number> = {
      ArrowRight: index + 1,
      ArrowDown: index + 1,
      ArrowLeft: index - 1,
      ArrowUp: index - 1,
      Home: 0,
      End: placed.length - 1,
    };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      const next = placed[Math.min(placed.length - 1, Math.max(0, move))];
      if (next !== undefined) setAt(placeOf(next.key, event.currentTarget as Element));
    } else if (event.key === "Enter" && at !== null && byKey.has(at.key)) {
      only(at.key);
    } else if (event.key === "Escape") {
      setAt(null);
    }
  };
  const index = Math.max(0, placed.findIndex(({ key }) => key === at?.key));
  const row = placed[index];
  if (row === undefined) {
    return (
      <div class="map" role="img" aria-label="World map without bans">
        <Canvas>{shapes}</Canvas>
      </div>
    );
  }
  return (
    <div
      class="map"
      tabIndex={0}
      role="slider"
      aria-label="Countries on the map, by bans"
      aria-valuemin={1}
      aria-valuemax={placed.length}
      aria-valuenow={index + 1}
      aria-valuetext={`${countryName(row.key)}: ${counted(row.bans, "ban")}`}
      onKeyDown={step}
      onFocus={(event) => {
        if (at === null && event.currentTarget.matches(":focus-visible")) setAt(placeOf(row.key, event.currentTarget));
      }}
      onBlur={() => setAt(null)}
      onPointerMove={follow}
      onPointerDown={(event) => {
        touched.current = event.pointerType === "touch" ? (at?.key ?? null) : countryOf(event);
        follow(event);
      }}
      onPointerLeave={(event) => event.pointerType === "mouse" && setAt(null)}
      onClick={(event) => {
        const key = countryOf(event);
        if (key !== null && key === touched.current && byKey.has(key)) only(key);
      }}
    >
      <Canvas>
        {shapes}
        {at !== null && <Outline country={at.key} />}
      </Canvas>
      {at !== null && <Tip at={at} row={byKey.get(at.key)} />}
    </div>
  );
}

function Canvas({ children }: { children: ComponentChildren }) {
  return (
    <svg viewBox={`0 0 ${world.width} ${world.height}`} aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

function Shapes({ byKey, starts }: { byKey: ReadonlyMap<string, TopRow>; starts: number[] }) {
  const shade = (key: string): string => `land heat-${classOf(byKey.get(key)?.bans ?? 0, starts)}`;
  return (
    <>
      {Object.entries(world.shapes).map(([key, path]) => (
        <path key={key} class={shade(key)} data-country={key} d={path} />
      ))}
      {Object.entries(world.dots).map(
        ([key, [x, y]]) =>
          byKey.has(key) && <circle key={key} class={shade(key)} data-country={key} cx={x} cy={y} r={DOT} />,
      )}
    </>
  );
}

/** Drawn again on top, since neighbours would cover half of the line. */
function Outline({ country }: { country: string }) {
  const dot = world.dots[country];
  if (dot !== undefined) return <circle class="land-at" cx={dot[0]} cy={dot[1]} r={DOT} />;
  return <path class="land-at" d={world.shapes[country] ?? ""} />;
}

function Tip({ at, row }: { at: At; row: TopRow | undefined }) {
  // Beside what is pointed at, on the side where there is more room.
  const top = `${at.y + BESIDE_PX}px`;
  const onLeft = at.x < at.width / 2;
  const place = onLeft ? { top, left: `${at.x + BESIDE_PX}px` } : { top, right: `${at.width - at.x + BESIDE_PX}px` };
  return (
    <div class="map-tip" style={place} aria-hidden="true">
      <p class="tip-head">{countryName(at.key)}</p>
      <p>
        {row === undefined
          ? "no bans"
          : `${counted(row.bans, "ban")} of ${counted(row.addresses, "address", "addresses")}`}
      </p>
      {row !== undefined && <p class="muted">{change(row.bans, row.before)}, before {count(row.before)}</p>}
    </div>
  );
}

/** Where the keyboard's tip of a country stands: the middle of its shape. */
function placeOf(key: string, frame: Element): At {
  const shape = frame.querySelector(`[data-country="${CSS.escape(key)}"]`);
  const [box, inside] = [frame.getBoundingClientRect(), (shape ?? frame).getBoundingClientRect()];
  const [x, y] = [inside.left + inside.width / 2 - box.left, inside.top + inside.height / 2 - box.top];
  return { key, x, y, width: box.width };
}

function countryOf(event: Event): string | null {
  return (event.target as Element).getAttribute("data-country");
}
