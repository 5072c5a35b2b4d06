// The numbers of a time line, for those who cannot see it, and for those who want to know exactly.

import type { Timeline } from "../api/history.ts";
import { NumberLink } from "../ui/number-link.tsx";
import { nameOf } from "./calendar.ts";
import { gapIn, gapWords } from "./gaps.ts";
import type { Leads } from "./leads.ts";
import type { Series } from "./series.ts";

interface TimelineTableProps {
  caption: string;
  timeline: Timeline;
  series: Series[];
  leads: Leads;
}

export function TimelineTable({ caption, timeline, series, leads }: TimelineTableProps) {
  const edges = [...timeline.starts, timeline.until].map((moment) => Date.parse(moment));
  return (
    <div class="table-frame chart-table" tabIndex={0} role="region" aria-label={caption}>
      <table class="table table-time">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col" class="numeric">
              All
            </th>
            {series.map(({ key, name }) => (
              <th key={key ?? ""} scope="col" class="numeric name">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {timeline.starts.map((start, at) => {
            const stretch = { since: edges[at] ?? 0, until: edges[at + 1] ?? 0 };
            const gap = gapIn(timeline, stretch.since, stretch.until);
            const all = series.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0);
            return (
              <tr key={start}>
                <th scope="row">
                  {nameOf(timeline, at)}
                  {gap !== null && <span class="muted"> ({gapWords(gap.cause)} for a while)</span>}
                </th>
                <td class="numeric">
                  <NumberLink value={all} href={leads.rows(null, stretch)} />
                </td>
                {series.map((each) => (
                  <td key={each.key ?? ""} class="numeric">
                    <NumberLink value={each.counts[at] ?? 0} href={leads.rows(each, stretch)} />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
