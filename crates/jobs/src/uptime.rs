//! The clock by which durations are measured: time since the machine started. Nobody can set it, and it goes on while the
//! machine sleeps, so that a process that wakes up knows, for one, that its lease is over.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Time since the machine started.
pub fn uptime() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}
