// Where names and numbers of a chart lead. What is behind them, the page knows.

import type { Series } from "./series.ts";

export interface Leads {
  /**
   * The page with the rows behind a number: those of a series, or all; of a stretch of time, or of all of it. Null where no
   * filter can name them.
   */
  rows(series: Series | null, stretch?: { since: number; until: number }): string | null;
  /** Whether a filter can name the series. */
  canName(key: string): boolean;
  /** Shows only this series. */
  only(key: string): void;
  /** Shows only this stretch of time; `last` where it goes up to the end of what is shown. */
  zoom(since: number, until: number, last: boolean): void;
}
