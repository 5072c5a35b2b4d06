//! The scheduler lock: one leased row that says which process schedules.

use super::Timestamp;

/// Proof of holding the lease: grows by one with every change of holder, so that a write by a holder that lost
/// the lease without noticing can be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fence(pub i64);

/// The process that holds, or wants, the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseHolder {
    /// Random, one per process start.
    pub id: String,
    /// Host name.
    pub host: String,
    /// Process id on that host.
    pub pid: u32,
    /// BanGUI's version.
    pub version: String,
}

/// The lease as it stands in the database, in the database's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it.
    pub holder: LeaseHolder,
    /// The fencing token.
    pub fence: Fence,
    /// Since when.
    pub acquired_at: Timestamp,
    /// Until when, unless renewed.
    pub expires_at: Timestamp,
}
