//! Questions about the history: counted, compared with the time before, and with what is usual. Times are given; what a
//! day is in somebody's zone is found out elsewhere.

mod ranking;
mod usual;

use std::sync::Arc;

use super::Watch;
use crate::ServiceError;
use crate::model::{
    AddressStory, Dimension, EventId, Gap, Group, HistoryFilter, Matches, Offender, Period, ServerId, Target,
    Timestamp, Totals,
};
use crate::ports::{Clock, History};

pub use ranking::{RankedRow, Ranking};

/// The most gaps that are told, the longest ones.
const MOST_GAPS: usize = 500;

/// Where the time that is asked for begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Some days before its end.
    Usual,
    /// With the first ban.
    Beginning,
    /// Here.
    At(Timestamp),
}

/// Sums of a period, beside those of the time before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// The period.
    pub now: Sums,
    /// The period of the same length before it.
    pub before: Sums,
    /// How many bans such a period usually has: the median of those before that were watched. `None` if they are too
    /// few to tell.
    pub usual_bans: Option<u64>,
}

/// The sums of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// The period.
    pub period: Period,
    /// Its sums.
    pub totals: Totals,
}

/// Bans over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineAnswer {
    /// The groups with the most bans, the largest first; a count for each stretch of time.
    pub series: Vec<(Group, Vec<u64>)>,
    /// What the series leave out.
    pub others: Vec<u64>,
    /// When nobody watched, cut to the time that was asked for.
    pub gaps: Vec<Gap>,
}

/// Answers questions about the history.
pub struct HistoryService {
    pub(super) server: ServerId,
    pub(super) history: Arc<dyn History>,
    pub(super) watch: Arc<Watch>,
    pub(super) clock: Arc<dyn Clock>,
}

impl HistoryService {
    /// Seconds that are asked for where nobody says since when: seven days.
    const USUAL_SECS: i64 = 7 * 86_400;
    /// The longest period in days: a hundred years.
    const MOST_DAYS: i64 = 36_525;

    /// Over the history of `server`, whose jails `watch` knows.
    pub fn new(
        server: ServerId,
        history: Arc<dyn History>,
        watch: Arc<Watch>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { server, history, watch, clock }
    }

    /// The server whose history this is.
    pub fn server(&self) -> &ServerId {
        &self.server
    }

    /// The present moment, from which relative times are counted.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The period that is meant. Without `until` it ends now.
    pub async fn period(&self, since: Since, until: Option<Timestamp>) -> Result<Period, ServiceError> {
        let until = until.unwrap_or_else(|| self.now());
        let since = match since {
            Since::At(since) => since,
            Since::Usual => until.plus_secs(-Self::USUAL_SECS),
            Since::Beginning => {
                let first = self.history.first_ban(&self.server).await?;
                let at_least_one = until.plus_millis(-1);
                first.filter(|first| *first < until).unwrap_or(at_least_one)
            }
        };
        if since >= until {
            return Err(ServiceError::field(
                "since",
                "has to be earlier than until, which is now if left out",
            ));
        }
        if until.millis_since(since) > Self::MOST_DAYS.saturating_mul(86_400_000) {
            return Err(ServiceError::field("since", "at most a hundred years can be asked for at a time"));
        }
        Ok(Period { since, until })
    }

    /// Sums of a period, beside the time before and what is usual.
    pub async fn totals(&self, filter: &HistoryFilter, period: Period) -> Result<Compared, ServiceError> {
        let now = self.sums(filter, period).await?;
        let before = self.sums(filter, period.before()).await?;
        let usual_bans = self.usual_bans(filter, period).await?;
        Ok(Compared { now, before, usual_bans })
    }

    async fn sums(&self, filter: &HistoryFilter, period: Period) -> Result<Sums, ServiceError> {
        Ok(Sums { period, totals: self.history.totals(filter, period).await? })
    }

    /// Bans in each stretch between two neighbours of `bounds`, which ascend: the `most` largest groups, and what they
    /// leave out.
    pub async fn timeline(
        &self,
        filter: &HistoryFilter,
        bounds: &[Timestamp],
        by: Dimension,
        most: usize,
    ) -> Result<TimelineAnswer, ServiceError> {
        let (Some(since), Some(until)) = (bounds.first(), bounds.last()) else {
            return Err(ServiceError::Internal("a timeline without bounds was asked for".to_owned()));
        };
        let period = Period { since: *since, until: *until };
        let (series, others) = match by {
            // There are few of these: all are asked for, and what is too many is added up.
            Dimension::Jail | Dimension::Origin | Dimension::Country => {
                let mut series = self.history.timeline(filter, bounds, by, usize::MAX).await?.series;
                let others = series.split_off(series.len().min(most));
                (series, sum(bounds, &others))
            }
            Dimension::Network | Dimension::Address => {
                let series = self.history.timeline(filter, bounds, by, most).await?.series;
                let mut others = self.bans_over(filter, bounds).await?;
                for (left, counted) in others.iter_mut().zip(sum(bounds, &series)) {
                    *left = left.saturating_sub(counted);
                }
                (series, others)
            }
        };
        Ok(TimelineAnswer { series, others, gaps: self.gaps(period).await? })
    }

    /// All bans in each stretch between two neighbours of `bounds`.
    async fn bans_over(
        &self,
        filter: &HistoryFilter,
        bounds: &[Timestamp],
    ) -> Result<Vec<u64>, ServiceError> {
        let by_jail = self.history.timeline(filter, bounds, Dimension::Jail, usize::MAX).await?;
        Ok(sum(bounds, &by_jail.series))
    }

    /// The longest gaps of a period, cut to it, oldest first.
    async fn gaps(&self, period: Period) -> Result<Vec<Gap>, ServiceError> {
        let mut gaps = self.history.gaps(&self.server, period).await?;
        for gap in &mut gaps {
            gap.period.since = gap.period.since.max(period.since);
            gap.period.until = gap.period.until.min(period.until);
        }
        if gaps.len() > MOST_GAPS {
            gaps.sort_by_key(|gap| std::cmp::Reverse(gap.period.until.millis_since(gap.period.since)));
            gaps.truncate(MOST_GAPS);
            gaps.sort_by_key(|gap| gap.period.since);
        }
        Ok(gaps)
    }

    /// The addresses with the most bans among those with more than one.
    pub async fn offenders(
        &self,
        filter: &HistoryFilter,
        period: Period,
        most: usize,
    ) -> Result<Vec<Offender>, ServiceError> {
        Ok(self.history.offenders(filter, period, most).await?)
    }

    /// Everything about one address or network.
    pub async fn address(&self, target: &Target) -> Result<AddressStory, ServiceError> {
        Ok(self.history.address(&self.server, target).await?)
    }

    /// The log lines behind a ban.
    pub async fn matches(&self, ban: EventId) -> Result<Matches, ServiceError> {
        self.history.matches(ban).await?.ok_or(ServiceError::MatchesNotFound(ban))
    }
}

/// The counts of all series together.
fn sum(bounds: &[Timestamp], series: &[(Group, Vec<u64>)]) -> Vec<u64> {
    let mut sums = vec![0_u64; bounds.len().saturating_sub(1)];
    for (_, counts) in series {
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum = sum.saturating_add(*count);
        }
    }
    sums
}
