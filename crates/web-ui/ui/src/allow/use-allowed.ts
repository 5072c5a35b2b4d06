// What allows an address, asked for by whoever tells it.

import { checkAllowed } from "../api/endpoints.ts";
import type { AllowCheck } from "../api/types.ts";
import { type Resource, useResource } from "../state/resource.ts";

export function useAllowed(ip: string): Resource<AllowCheck> {
  return useResource(`allowed ${ip}`, (signal) => checkAllowed(ip, signal));
}
