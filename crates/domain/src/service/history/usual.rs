//! What is usual: the median of the periods before. A period that was watched for less than half of its time, or that
//! began before the history did, says nothing about what is usual.

use std::collections::VecDeque;

use super::HistoryService;
use crate::ServiceError;
use crate::model::{Gap, HistoryFilter, Period};

/// Periods that are looked at.
const PERIODS: usize = 7;
/// Fewer that were watched do not tell what is usual.
const AT_LEAST: usize = 3;

impl HistoryService {
    pub(super) async fn usual_bans(
        &self,
        filter: &HistoryFilter,
        period: Period,
    ) -> Result<Option<u64>, ServiceError> {
        let Some(first) = self.history.first_ban(&self.server).await? else { return Ok(None) };
        let periods: Vec<Period> = std::iter::successors(Some(period.before()), |later| Some(later.before()))
            .take(PERIODS)
            .collect();
        let mut known: VecDeque<Period> =
            periods.into_iter().take_while(|each| each.since >= first).collect();
        known.make_contiguous().reverse();
        let (Some(earliest), true) = (known.front(), known.len() >= AT_LEAST) else { return Ok(None) };
        let whole = Period { since: earliest.since, until: period.since };
        let bounds: Vec<_> = known.iter().map(|each| each.since).chain([whole.until]).collect();
        let counts = self.bans_over(filter, &bounds).await?;
        let gaps = self.history.gaps(&self.server, whole).await?;
        let watched = known.iter().zip(counts).filter(|(each, _)| was_watched(**each, &gaps));
        Ok(median(watched.map(|(_, count)| count).collect()))
    }
}

fn was_watched(period: Period, gaps: &[Gap]) -> bool {
    let length = period.until.millis_since(period.since);
    let unknown = gaps.iter().map(|gap| {
        let since = gap.period.since.max(period.since);
        gap.period.until.min(period.until).millis_since(since).max(0)
    });
    unknown.fold(0_i64, i64::saturating_add).saturating_mul(2) < length
}

fn median(mut counts: Vec<u64>) -> Option<u64> {
    if counts.len() < AT_LEAST {
        return None;
    }
    counts.sort_unstable();
    let upper = counts.get(counts.len() / 2)?;
    let lower = counts.get((counts.len() - 1) / 2)?;
    Some(lower.midpoint(*upper))
}
