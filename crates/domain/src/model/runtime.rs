//! The run-time state as one value: what a process knows of fail2ban and of its unqueued jobs at a moment, and how old
//! that is.

use std::sync::Arc;

use super::{CatchUp, Fail2banState, JailCounters, JobTally, Problem, Timestamp};

/// The jails as last counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JailsSeen {
    /// When fail2ban was asked.
    pub observed_at: Timestamp,
    /// All jails, by name.
    pub jails: Arc<[JailCounters]>,
}

/// What is known of fail2ban, and of the jobs that look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeState {
    /// Whether it is online, and what the last probe learned.
    pub fail2ban: Arc<Fail2banState>,
    /// The jails as last counted; `None` if they never were.
    pub jails: Option<JailsSeen>,
    /// The jobs that are not queued, as the process that runs them counts them, by name.
    pub jobs: Arc<[JobTally]>,
    /// What is wrong with a server that answers, or with its jails.
    pub problems: Arc<[Problem]>,
    /// How the reading of fail2ban's database goes on; `None` where all of it is read, or none.
    pub catch_up: Option<CatchUp>,
    /// How long ago it last answered, or was last tried, in milliseconds. An age and not a moment, because the clocks of
    /// two machines differ.
    pub age_millis: i64,
}
