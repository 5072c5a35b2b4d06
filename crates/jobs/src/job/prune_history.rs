//! Deletes from the history what is older or more than an operator wants to keep, once an hour, in small steps.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::chain;
use bangui_domain::model::{Fence, Timestamp};
use bangui_domain::ports::{Clock, HistoryKeeper, StoreError};

use super::{Job, JobError, JobSpec, When, held};

/// Between two steps others have the database to themselves.
const PAUSE: Duration = Duration::from_millis(50);
const DAY_SECS: i64 = 86_400;

/// How much of the history is kept. `None` is all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Bans, for so many days.
    pub ban_days: Option<u32>,
    /// The newest bans, so many of them.
    pub bans: Option<u64>,
    /// Log lines of bans, for so many days.
    pub matches_days: Option<u32>,
    /// The newest log lines, so many bytes of them.
    pub matches_bytes: Option<u64>,
    /// The audit trail, for so many days.
    pub audit_days: Option<u32>,
}

/// Prunes the history.
pub struct PruneHistory {
    keeper: Arc<dyn HistoryKeeper>,
    clock: Arc<dyn Clock>,
    retention: Retention,
}

impl PruneHistory {
    /// Prunes what `retention` does not keep.
    pub fn new(keeper: Arc<dyn HistoryKeeper>, clock: Arc<dyn Clock>, retention: Retention) -> Self {
        Self { keeper, clock, retention }
    }

    fn before(&self, days: u32) -> Timestamp {
        self.clock.now().plus_secs(-i64::from(days) * DAY_SECS)
    }

    async fn bans(&self, fence: Fence) -> Result<u64, StoreError> {
        let by_age = self.retention.ban_days.map(|days| self.before(days));
        let by_number = match self.retention.bans {
            Some(keep) => self.keeper.oldest_of(keep).await?,
            None => None,
        };
        let Some(before) = by_age.max(by_number) else { return Ok(0) };
        let mut pruned = 0;
        loop {
            match self.keeper.prune_bans(fence, before).await? {
                0 => return Ok(pruned),
                bans => pruned += bans,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn matches(&self, fence: Fence) -> Result<u64, StoreError> {
        let mut pruned = 0;
        if let Some(days) = self.retention.matches_days {
            let before = self.before(days);
            loop {
                match self.keeper.prune_matches(fence, before).await? {
                    0 => break,
                    bans => pruned += bans,
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        if let Some(most) = self.retention.matches_bytes {
            let mut over = self.keeper.matches_bytes().await?.saturating_sub(most);
            while over > 0 {
                let bytes = self.keeper.prune_oldest_matches(fence).await?;
                if bytes == 0 {
                    break;
                }
                pruned += 1;
                over = over.saturating_sub(bytes);
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(pruned)
    }

    async fn audit(&self, fence: Fence) -> Result<u64, StoreError> {
        let Some(days) = self.retention.audit_days else { return Ok(0) };
        let (before, mut pruned) = (self.before(days), 0);
        loop {
            match self.keeper.prune_audit(fence, before).await? {
                0 => return Ok(pruned),
                entries => pruned += entries,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn prune(&self, fence: Fence) -> Result<(), StoreError> {
        let (bans, matches, audit) =
            (self.bans(fence).await?, self.matches(fence).await?, self.audit(fence).await?);
        if bans + matches + audit > 0 {
            tracing::info!(bans, matches, audit, "old history deleted");
        }
        Ok(())
    }
}

#[async_trait]
impl Job for PruneHistory {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "prune_history",
            about: "deletes history that is not to be kept",
            when: When::Cron("0 37 * * * *"),
            max_attempts: 3,
            timeout: Duration::from_mins(30),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        self.prune(held(fence)?).await.map_err(|error| JobError::Retry(chain(&error)))
    }
}
