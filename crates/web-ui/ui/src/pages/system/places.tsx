// Where places come from, how old that is, and how many addresses are looked up in it.

import { useEffect, useState } from "preact/hooks";
import type { Places as Told, PlaceSource } from "../../api/types.ts";
import { counted } from "../../format/number.ts";
import { printable } from "../../format/printable.ts";
import { usePlaces } from "../../places/use-places.ts";
import { BUSY_MS, CALM_MS } from "../../state/refresh.ts";
import { Ago } from "../../ui/moments.tsx";
import { Failure } from "../../ui/notice.tsx";
import { Stale } from "../../ui/stale.tsx";

const HEADING = "places-heading";

export function Places() {
  const [every, setEvery] = useState(CALM_MS);
  const places = usePlaces(every);
  const working = (places.value?.to_locate ?? 0) > 0;
  useEffect(() => setEvery(working ? BUSY_MS : CALM_MS), [working]);
  return (
    <section aria-labelledby={HEADING}>
      <div class="section-head">
        <h2 id={HEADING}>Places</h2>
      </div>
      {places.value !== null ? (
        <>
          <ul class="sources">
            {places.value.sources.map((source) => (
              <Source key={source.name} source={source} />
            ))}
          </ul>
          <Progress places={places.value} />
        </>
      ) : (
        places.error !== null && (
          <Failure title="Where places come from could not be loaded." error={places.error} onRetry={places.reload} />
        )
      )}
      <Stale of={places} />
    </section>
  );
}

function Source({ source }: { source: PlaceSource }) {
  return (
    <li>
      <strong class="long">{printable(source.name)}</strong>
      {source.built_at !== null && (
        <span class="muted">
          {tells(source)}, collected <Ago at={source.built_at} />
        </span>
      )}
      {source.unreadable_records > 0 && (
        <span class="trouble">
          {counted(source.unreadable_records, "record")} cannot be read: what they tell is unknown. All others are used.
        </span>
      )}
      {source.trouble !== null && <span class="trouble">Not in order: {printable(source.trouble)}.</span>}
    </li>
  );
}

function tells({ countries, networks }: PlaceSource): string {
  if (countries && networks) return "countries and networks";
  return countries ? "countries" : "networks";
}

function Progress({ places: { located, to_locate } }: { places: Told }) {
  if (to_locate === 0) return <p class="muted">{counted(located, "address", "addresses")} looked up.</p>;
  const all = located + to_locate;
  return (
    <p>
      <label>
        Looking up {counted(all, "address", "addresses")}: <progress max={all} value={located} />
      </label>{" "}
      <span class="muted">{counted(to_locate, "address", "addresses")} to go</span>
    </p>
  );
}
