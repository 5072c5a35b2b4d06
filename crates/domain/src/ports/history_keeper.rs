//! Deletes what is older, or more, than an operator wants to keep.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{Fence, Timestamp};

/// Deletes in small steps, each a transaction of its own under the scheduler lock, so that whoever writes waits for
/// moments alone.
#[async_trait]
pub trait HistoryKeeper: Send + Sync {
    /// Deletes some of the oldest bans that have ended and began before `before`, with all that belongs to them; answers
    /// how many. 0 says that there is none left.
    async fn prune_bans(&self, fence: Fence, before: Timestamp) -> Result<u64, StoreError>;

    /// The beginning of the oldest of the `keep` newest bans; `None` if there are no more than that.
    async fn oldest_of(&self, keep: u64) -> Result<Option<Timestamp>, StoreError>;

    /// Deletes some of the log lines of bans that began before `before`; answers of how many bans.
    async fn prune_matches(&self, fence: Fence, before: Timestamp) -> Result<u64, StoreError>;

    /// What log lines take, in bytes.
    async fn matches_bytes(&self) -> Result<u64, StoreError>;

    /// Deletes some of the log lines of the oldest bans that have any; answers how many bytes they took.
    async fn prune_oldest_matches(&self, fence: Fence) -> Result<u64, StoreError>;

    /// Deletes entries of the audit trail, and gaps, from before `before`; answers how many.
    async fn prune_audit(&self, fence: Fence, before: Timestamp) -> Result<u64, StoreError>;
}
