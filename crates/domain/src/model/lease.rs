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

/// The lease as it stands in the database, in the database's time. That time is shown and never compared with a clock:
/// whoever wants a lease that another holds has to watch it for its whole life and not see it renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it.
    pub holder: LeaseHolder,
    /// The fencing token.
    pub fence: Fence,
    /// Since when.
    pub acquired_at: Timestamp,
    /// Until when, unless renewed; grows with every renewal, and is [`Lease::GIVEN_BACK`] once it was given back.
    pub expires_at: Timestamp,
}

impl Lease {
    /// The end of a lease that nobody holds any more.
    pub const GIVEN_BACK: Timestamp = Timestamp::from_millis(0);

    /// Whether its holder has given it back.
    pub fn is_free(&self) -> bool {
        self.expires_at == Self::GIVEN_BACK
    }
}
