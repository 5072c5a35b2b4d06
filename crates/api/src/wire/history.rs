//! Questions about the history that count, and their answers.

mod completions;
mod matches;
mod offenders;
mod params;
mod timeline;
mod top;
mod totals;

pub(crate) use completions::HistoryCompletions;
pub(crate) use matches::MatchesResponse;
pub(crate) use offenders::HistoryOffenders;
pub(crate) use params::{
    CompletionsParams, ExportParams, OffendersParams, TimelineBy, TimelineParams, TopParams, TotalsParams,
};
pub(crate) use timeline::HistoryTimeline;
pub(crate) use top::HistoryTop;
pub(crate) use totals::HistoryTotals;
