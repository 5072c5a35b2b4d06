//! Up to when a fail2ban server was watched, and when it was not.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{Fence, Gap, ServerId, Timestamp};

/// Remembers, across restarts and take-overs, what was watched.
#[async_trait]
pub trait WatchLog: Send + Sync {
    /// Up to when the server was watched last; `None` if it never was.
    async fn watched_until(&self, server: &ServerId) -> Result<Option<Timestamp>, StoreError>;

    /// Notes that the server was watched up to `until`, but for `gaps`, which are kept. Under the scheduler lock.
    async fn watched(
        &self,
        server: &ServerId,
        fence: Fence,
        until: Timestamp,
        gaps: &[Gap],
    ) -> Result<(), StoreError>;
}
