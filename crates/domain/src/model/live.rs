//! What is told to those who watch, as it happens.

use std::sync::Arc;

use super::{BanEvent, Fail2banState, JailCounters, Timestamp};

/// One message of the live stream. Cheap to clone: every watcher gets one.
#[derive(Debug, Clone)]
pub enum LiveEvent {
    /// A ban or unban was recorded.
    Ban(Arc<BanEvent>),
    /// fail2ban came or went.
    State(Arc<Fail2banState>),
    /// The jails' counters moved.
    Jails {
        /// When fail2ban was asked.
        observed_at: Timestamp,
        /// All jails, by name.
        jails: Arc<[JailCounters]>,
    },
}
