// Where places come from: asked for seldom, since a file of places changes once a week or month.

import { getPlaces } from "../api/endpoints.ts";
import type { Places } from "../api/types.ts";
import { useRefresh } from "../state/refresh.ts";
import { type Resource, useResource } from "../state/resource.ts";

const SELDOM_MS = 600_000;

/** `every` is the pause between two questions, in milliseconds. */
export function usePlaces(every = SELDOM_MS): Resource<Places> {
  const places = useResource("places", getPlaces);
  useRefresh(places, every);
  return places;
}
