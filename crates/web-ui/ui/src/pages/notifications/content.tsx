// The parts of the page of notifications, and what they share: rules name channels.

import { listChannels, listRules } from "../../api/endpoints.ts";
import { useResource } from "../../state/resource.ts";
import { Channels } from "./channels.tsx";
import { Deliveries } from "./deliveries.tsx";
import { Rules } from "./rules.tsx";

export function Content() {
  const channels = useResource("channels", listChannels);
  const rules = useResource("rules", listRules);
  return (
    <>
      <Rules rules={rules} channels={channels.value?.items ?? []} />
      <Channels channels={channels} />
      <Deliveries />
    </>
  );
}
