//! Counted tries to log in, shared by all processes on the database. All times are the database's own.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{Admission, Fence, TryCounter};

/// Counts tries to log in.
#[async_trait]
pub trait TryStore: Send + Sync {
    /// Counts a try as failed before it is looked at, so that many at once get no further than the same in a row:
    /// under `known` alone if that is remembered, under all of `others` if not. Counts under none if any of them has
    /// to wait.
    async fn admit(&self, known: Option<&TryCounter>, others: &[TryCounter])
    -> Result<Admission, StoreError>;

    /// The try was right: what it was counted under begins anew, and `known` is remembered from now on.
    async fn clear(&self, counted: &[TryCounter], known: Option<&TryCounter>) -> Result<(), StoreError>;

    /// The try was not looked at after all: takes it out of what it was counted under.
    async fn take_back(&self, counted: &[TryCounter]) -> Result<(), StoreError>;

    /// Forgets counters that were not used for long, and of each kind all but the `most` used last; answers how many.
    /// [`StoreError::StaleFence`] if the scheduler lock has changed hands.
    async fn prune(&self, fence: Fence, most: u32) -> Result<u64, StoreError>;
}
