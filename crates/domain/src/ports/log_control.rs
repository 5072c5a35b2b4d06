//! What this process logs, looked at and changed while it runs.

use std::time::Duration;

use crate::model::LogState;

/// Decides what this process writes to its log. Knows nothing of other processes.
pub trait LogControl: Send + Sync {
    /// What is logged now.
    fn state(&self) -> LogState;

    /// What is wrong with a filter, and what would be right.
    fn problem(&self, filter: &str) -> Option<String>;

    /// Logs by `filter` for `duration`, after which it is as configured again; without one, from now on, which is for the
    /// configured filter alone. A filter with a problem changes nothing, and the problem is the error.
    fn apply(&self, filter: &str, duration: Option<Duration>) -> Result<LogState, String>;
}
