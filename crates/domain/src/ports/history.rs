//! The history as questions: counted, compared and told apart by any property.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{
    AddressStory, Dimension, EventId, Gap, HistoryFilter, Matches, Offender, Period, ServerId, Target,
    Timeline, Timestamp, Top, Totals,
};

/// Answers questions about the history. Restored bans count only where the filter asks for their origin: they are not new
/// attacks.
#[async_trait]
pub trait History: Send + Sync {
    /// When the first ban of `server` began, whatever its origin: what lies before is not known. `None` if there is none.
    async fn first_ban(&self, server: &ServerId) -> Result<Option<Timestamp>, StoreError>;

    /// Bans in each stretch of time between two neighbours of `bounds`, which ascend, by `by`. Groups behind the
    /// `most` largest ones are left out.
    async fn timeline(
        &self,
        filter: &HistoryFilter,
        bounds: &[Timestamp],
        by: Dimension,
        most: usize,
    ) -> Result<Timeline, StoreError>;

    /// Sums.
    async fn totals(&self, filter: &HistoryFilter, period: Period) -> Result<Totals, StoreError>;

    /// The groups with the most bans.
    async fn top(
        &self,
        filter: &HistoryFilter,
        period: Period,
        by: Dimension,
        most: usize,
    ) -> Result<Top, StoreError>;

    /// The addresses with the most bans among those with more than one.
    async fn offenders(
        &self,
        filter: &HistoryFilter,
        period: Period,
        most: usize,
    ) -> Result<Vec<Offender>, StoreError>;

    /// Everything about one address or network.
    async fn address(&self, server: &ServerId, target: &Target) -> Result<AddressStory, StoreError>;

    /// The log lines behind a ban, by the number of its beginning; `None` if none are kept.
    async fn matches(&self, ban: EventId) -> Result<Option<Matches>, StoreError>;

    /// The gaps that overlap `period`, oldest first.
    async fn gaps(&self, server: &ServerId, period: Period) -> Result<Vec<Gap>, StoreError>;
}
