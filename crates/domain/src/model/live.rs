//! What is told to those who watch, as it happens.

use std::sync::Arc;

use super::{BanEvent, Fail2banState, JailCounters, Problem, Timestamp};

/// One message of the live stream. Cheap to clone: every watcher gets one.
#[derive(Debug, Clone)]
pub enum LiveEvent {
    /// A ban or unban was recorded.
    Ban(Arc<BanEvent>),
    /// fail2ban came or went, or its problems have changed.
    State {
        /// Whether it answers.
        state: Arc<Fail2banState>,
        /// What is wrong while it does.
        problems: Arc<[Problem]>,
    },
    /// The jails' counters moved.
    Jails {
        /// When fail2ban was asked.
        observed_at: Timestamp,
        /// All jails, by name.
        jails: Arc<[JailCounters]>,
    },
}
