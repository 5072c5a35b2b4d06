//! What is kept of the addresses that were ever banned, for those who find out more about them.

use std::net::IpAddr;

use async_trait::async_trait;

use super::StoreError;
use crate::model::{BanId, Fence, Place};

/// An address that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAddress {
    /// Its number.
    pub number: i64,
    /// The address, or the network, or the text that was banned.
    pub id: BanId,
}

/// How many addresses are where the atlas has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlaceProgress {
    /// So many were looked up in the atlas as it is.
    pub located: u64,
    /// So many were not yet, or in one of before.
    pub to_locate: u64,
}

/// Addresses whose names nobody has asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nameless {
    /// The single addresses among them, with their numbers: a network has no name.
    pub addresses: Vec<(i64, IpAddr)>,
    /// The number up to which they go: what [`AddressStore::name`] is to be told.
    pub up_to: i64,
}

/// Keeps places and names of addresses. Whoever holds places in memory is told of changes by numbers that grow.
#[async_trait]
pub trait AddressStore: Send + Sync {
    /// The edition of the atlas that addresses are looked up in; `None` if none ever was.
    async fn edition(&self) -> Result<Option<String>, StoreError>;

    /// From now on all addresses are to be looked up in this edition. [`StoreError::StaleFence`] if the scheduler lock
    /// has changed hands.
    async fn begin_edition(&self, fence: Fence, edition: &str) -> Result<(), StoreError>;

    /// At most `limit` addresses that were not looked up in this edition.
    async fn to_locate(&self, limit: u32) -> Result<Vec<KeptAddress>, StoreError>;

    /// Writes down where addresses are, by their numbers, in one transaction. [`StoreError::StaleFence`] if the scheduler
    /// lock has changed hands.
    async fn locate(&self, fence: Fence, places: &[(i64, Place)]) -> Result<(), StoreError>;

    /// How far looking up is.
    async fn progress(&self) -> Result<PlaceProgress, StoreError>;

    /// The next addresses whose names nobody has asked for, at most `limit`, in the order in which they came. Begins with
    /// the last `backlog` at the first time, since there may be millions.
    async fn to_name(&self, backlog: u32, limit: u32) -> Result<Option<Nameless>, StoreError>;

    /// Writes down names of addresses, by their numbers; those up to the number `up_to` have been asked for.
    /// [`StoreError::StaleFence`] if the scheduler lock has changed hands.
    async fn name(&self, fence: Fence, names: &[(i64, String)], up_to: i64) -> Result<(), StoreError>;
}
