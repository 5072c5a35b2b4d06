//! The leased row behind the scheduler lock.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{Fence, Lease, LeaseHolder};

/// The name of the scheduler lock: what a [`Fence`] in a batch of bans is checked against.
pub const SCHEDULER_LEASE: &str = "scheduler";

/// The outcome of asking for a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acquired {
    /// It is ours.
    Yes(Lease),
    /// Somebody else holds it.
    HeldBy(Lease),
}

/// Takes, renews and gives back leases. All times are the database's own, and none of them decides anything: a clock
/// that jumps makes no second holder.
#[async_trait]
pub trait LeaseStore: Send + Sync {
    /// Takes the lease `name` for `ttl_millis` if it is free, held by the same `holder.id`, or still as it was in
    /// `unrenewed`, which the caller has watched for the life of a lease or knows to be orphaned. The fence grows by one
    /// each time it is taken.
    async fn acquire(
        &self,
        name: &str,
        holder: &LeaseHolder,
        ttl_millis: i64,
        unrenewed: Option<&Lease>,
    ) -> Result<Acquired, StoreError>;

    /// Extends a lease that is still held under `fence`; `None` if it is lost.
    async fn renew(&self, name: &str, fence: Fence, ttl_millis: i64) -> Result<Option<Lease>, StoreError>;

    /// Gives the lease back, if it is still held under `fence`.
    async fn release(&self, name: &str, fence: Fence) -> Result<(), StoreError>;

    /// Whether the process that holds `lease`, as [`Self::current`] answers it for `name`, is surely gone, so that nobody has
    /// to watch the lease to its end. `false` where that cannot be known, as on a database that other hosts use.
    async fn is_orphaned(&self, name: &str, lease: &Lease) -> Result<bool, StoreError>;

    /// The lease as it stands, held or not.
    async fn current(&self, name: &str) -> Result<Option<Lease>, StoreError>;
}
