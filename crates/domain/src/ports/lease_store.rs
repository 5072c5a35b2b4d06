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

/// Takes, renews and gives back leases. All times are the database's own.
#[async_trait]
pub trait LeaseStore: Send + Sync {
    /// Takes the lease `name` for `ttl_millis` if it is free, run out, or held by the same `holder.id`. The fence
    /// grows by one each time it is taken.
    async fn acquire(
        &self,
        name: &str,
        holder: &LeaseHolder,
        ttl_millis: i64,
    ) -> Result<Acquired, StoreError>;

    /// Extends a lease that is still held under `fence` and has not run out; `None` if it is lost.
    async fn renew(&self, name: &str, fence: Fence, ttl_millis: i64) -> Result<Option<Lease>, StoreError>;

    /// Gives the lease back, if it is still held under `fence`.
    async fn release(&self, name: &str, fence: Fence) -> Result<(), StoreError>;

    /// The lease as it stands, run out or not.
    async fn current(&self, name: &str) -> Result<Option<Lease>, StoreError>;
}
