// The numbers of a time line, for those who cannot see it, and for those who want to know exactly.

import type { Timeline } from "../api/history.ts";
import { count } from "../format/number.ts";
import { type Leads, nameOf } from "./bucket-tip.tsx";
import { gapIn, gapWords } from "./gaps.ts";
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
                <Number value={all} href={leads.rows(null, stretch)} />
                {series.map((each) => (
                  <Number key={each.key ?? ""} value={each.counts[at] ?? 0} href={leads.rows(each, stretch)} />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Number({ value, href }: { value: number; href: string }) {
  return <td class="numeric">{value > 0 ? <a href={href}>{count(value)}</a> : <span class="muted">0</span>}</td>;
}
