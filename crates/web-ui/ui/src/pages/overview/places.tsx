// Where the bans come from: the map, and the lists of countries, networks and addresses.

import { useState } from "preact/hooks";
import { type Dimension, getTop } from "../../api/history.ts";
import type { View } from "../../filter/view.ts";
import { onDemand } from "../../ui/on-demand.tsx";
import { Failure } from "../../ui/notice.tsx";
import { Figure } from "./figure.tsx";
import { bansOf, narrowed } from "./leads.ts";
import { TopList } from "./top-list.tsx";
import { useQuestion } from "./use-question.ts";

const SHOWN = 10;
/** As many as the server hands out, and more than there are: the table of the map has all of them. */
const COUNTRIES = 300;

const WorldMap = onDemand(async () => (await import("../../map/world-map.tsx")).WorldMap);

interface PlacesProps {
  view: View;
  onView: (view: View) => void;
}

export function Places({ view, onView }: PlacesProps) {
  const [asTable, setAsTable] = useState(false);
  const countries = useTop("country", COUNTRIES, view);
  const networks = useTop("network", SHOWN, view);
  const addresses = useTop("address", SHOWN, view);
  return (
    <>
      <div class="overview overview-map">
        <Figure
          id="map-heading"
          title="Where from"
          note="country of the network, not of the person"
          asTable={asTable}
          onTable={setAsTable}
          pending={countries.pending}
        >
          {countries.value !== null ? (
            <WorldMap
              top={countries.value}
              asTable={asTable}
              rows={(key) => bansOf(narrowed(view, "country", key))}
              only={(key) => onView(narrowed(view, "country", key))}
            />
          ) : countries.error !== null ? (
            <Failure title="The countries could not be loaded." error={countries.error} onRetry={countries.reload} />
          ) : (
            <div class="map-space" aria-hidden="true" />
          )}
        </Figure>
        <TopList by="country" top={countries} most={SHOWN} view={view} onView={onView} />
      </div>
      <div class="tops">
        <TopList by="address" top={addresses} most={SHOWN} view={view} onView={onView} />
        <TopList by="network" top={networks} most={SHOWN} view={view} onView={onView} />
      </div>
    </>
  );
}

/** The jails with the most bans, which stand beside the jails themselves. */
export function TopJails({ view, onView }: PlacesProps) {
  return <TopList by="jail" top={useTop("jail", SHOWN, view)} most={SHOWN} view={view} onView={onView} />;
}

function useTop(by: Dimension, limit: number, view: View) {
  return useQuestion(`top ${by}`, view, (query, signal) => getTop(by, limit, query, signal));
}
