//! What a queued run carries.

use serde::{Deserialize, Serialize};

/// The payload of every job: which tick it is for. The version lets a later release read what an earlier one
/// queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ticket {
    /// The payload's version.
    v: u8,
    /// When the job was due, in seconds since the epoch.
    pub(crate) tick: i64,
}

impl Ticket {
    /// For the tick at `tick` seconds since the epoch.
    pub(crate) fn new(tick: i64) -> Self {
        Self { v: 1, tick }
    }
}
