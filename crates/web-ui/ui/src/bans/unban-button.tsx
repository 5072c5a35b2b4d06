// The button of a ban that lifts it, which is off while fail2ban cannot be told to.

import type { Ban } from "../api/types.ts";
import { useObstacle } from "../server/presence.ts";

export function UnbanButton({ ban: { ip, jail }, onPress }: { ban: Ban; onPress: () => void }) {
  const obstacle = useObstacle();
  return (
    <button
      type="button"
      class="small"
      disabled={obstacle !== null}
      title={obstacle ?? undefined}
      aria-label={`Unban ${ip} from ${jail}`}
      onClick={onPress}
    >
      Unban
    </button>
  );
}
