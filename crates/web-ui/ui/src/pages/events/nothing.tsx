// What stands in place of a list without events. Whether there is something outside the period is asked, not supposed.

import { findEvents } from "../../api/events.ts";
import { withoutName } from "../../filter/query.ts";
import { EMPTY_VIEW, type View, viewKey, viewQuery } from "../../filter/view.ts";
import { href } from "../../routes/routes.ts";
import { useResource } from "../../state/resource.ts";
import { Notice } from "../../ui/notice.tsx";

/** `from` is the moment before which events were looked for, where that is not the end of the view. */
export function Nothing({ view, from }: { view: View; from?: string | undefined }) {
  const whole: View = { q: withoutName(withoutName(view.q, "since"), "until"), since: "all", until: "" };
  const isWhole = viewKey(whole) === viewKey(view) && from === undefined;
  const found = useResource(`any ${viewKey(whole)}`, async (signal) => {
    const { items } = await findEvents({ ...viewQuery(whole), limit: 1 }, signal);
    return items.length > 0;
  });
  const title = titleOf(view, whole, from);
  // The one answer that the list itself has given already.
  const any = isWhole ? false : found.value;
  const link = <a href={href({ page: "events", view: whole })}>Look at all time</a>;
  if (any === false && whole.q === "") {
    return (
      <Notice title="The history is empty.">
        <p>BanGUI has recorded no ban yet. Bans and unbans appear here as they happen.</p>
      </Notice>
    );
  }
  return (
    <Notice title={title}>
      {any === null ? (
        <p>{found.error === null ? "\u00a0" : <>Whether there is something at another time is not known. {link}</>}</p>
      ) : any ? (
        <p>There is something at another time. {link}</p>
      ) : (
        <p>At no other time either. Try fewer terms.</p>
      )}
    </Notice>
  );
}

function titleOf(view: View, whole: View, from: string | undefined): string {
  const what = whole.q === "" ? "Nothing happened" : "Nothing matches";
  if (from !== undefined) return view.since === "all" ? `${what} before that time.` : `${what} in this period before that time.`;
  if (whole.q !== "") return "Nothing in the history matches.";
  return viewKey(view) === viewKey(EMPTY_VIEW) ? "Nothing happened in the last 7 days." : "Nothing happened in this period.";
}
