// What is told of one bucket of a time line. Follows the pointer; once it is pinned, its names and numbers lead on.

import type { Timeline } from "../api/history.ts";
import { count } from "../format/number.ts";
import { NumberLink } from "../ui/number-link.tsx";
import { nameOf } from "./calendar.ts";
import { gapIn, gapWords } from "./gaps.ts";
import type { Leads } from "./leads.ts";
import type { Plot } from "./plot.ts";
import type { Series } from "./series.ts";

interface BucketTipProps {
  timeline: Timeline;
  series: Series[];
  /** Bans in the bucket of the period before, where that is known. */
  before: number | undefined;
  plot: Plot;
  at: number;
  pinned: boolean;
  leads: Leads;
  onClose: () => void;
}

export function BucketTip({ timeline, series, before, plot, at, pinned, leads, onClose }: BucketTipProps) {
  const [since = 0, until = 0] = [plot.edges[at], plot.edges[at + 1]];
  const [left = 0, right = 0] = [plot.xs[at], plot.xs[at + 1]];
  const seen = series.filter(({ counts }) => (counts[at] ?? 0) > 0);
  const all = seen.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0);
  const onLeft = (left + right) / 2 < plot.width / 2;
  const gap = gapIn(timeline, since, until);
  const name = nameOf(timeline, at);
  const number = (value: number, of: Series | null) =>
    pinned ? <NumberLink value={value} href={leads.rows(of, { since, until })} /> : count(value);
  return (
    <div
      class={`tip${pinned ? " tip-pinned" : ""}`}
      role={pinned ? "group" : undefined}
      aria-label={pinned ? name : undefined}
      aria-hidden={pinned ? undefined : true}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
      style={onLeft ? { left: `${right + 10}px` } : { right: `${plot.width - left + 10}px` }}
    >
      <p class="tip-head">{name}</p>
      <ul class="plain">
        {seen.map((each) => (
          <li key={each.key ?? ""}>
            <span class={`swatch colour-${each.colour}`} aria-hidden="true" />
            {pinned && each.key !== null && leads.canName(each.key) ? (
              <button type="button" class="link" title={`Show only ${each.name}`} onClick={() => leads.only(each.key ?? "")}>
                {each.name}
              </button>
            ) : (
              <span class="tip-name">{each.name}</span>
            )}
            <b>{number(each.counts[at] ?? 0, each)}</b>
          </li>
        ))}
        {seen.length !== 1 && (
          <li>
            <span />
            <span>{seen.length === 0 ? "bans" : "all"}</span>
            <b>{number(all, null)}</b>
          </li>
        )}
        {before !== undefined && (
          <li class="muted">
            <span class="swatch swatch-before" aria-hidden="true" />
            <span>period before</span>
            <span>{count(before)}</span>
          </li>
        )}
      </ul>
      {gap !== null && <p class="tip-gap">{gapWords(gap.cause)} for a while</p>}
      {pinned && (
        <p class="tip-actions">
          {plot.xs.length > 2 && (
            <button type="button" class="small" onClick={() => leads.zoom(since, until, false)}>
              Zoom in
            </button>
          )}
          <button type="button" class="small" onClick={onClose}>
            Close
          </button>
        </p>
      )}
    </div>
  );
}
