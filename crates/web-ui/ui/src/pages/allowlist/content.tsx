// The parts of the page of the allowlist: what BanGUI keeps, and what jails ignore by themselves.

import { listAllowed } from "../../api/endpoints.ts";
import { useReconnected } from "../../live/use-live.ts";
import { useResource } from "../../state/resource.ts";
import { Entries } from "./entries.tsx";
import { OwnIgnores } from "./own-ignores.tsx";

export function Content() {
  const list = useResource("allowlist", listAllowed);
  useReconnected(list.reload);
  return (
    <>
      <Entries list={list} />
      {list.value !== null && <OwnIgnores own={list.value.own} />}
    </>
  );
}
