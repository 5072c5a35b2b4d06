//! Where the time comes from.

use std::time::Duration;

use crate::model::Timestamp;

/// The only source of time, so that tests can set it.
pub trait Clock: Send + Sync {
    /// The present moment, by a clock that can be set: what things are dated with.
    fn now(&self) -> Timestamp;

    /// Time since some moment before the process began, by a clock that nobody can set and that goes on while the machine
    /// sleeps: what durations are measured with. Says nothing to another process.
    fn uptime(&self) -> Duration;
}
