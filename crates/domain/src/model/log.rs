//! What a process writes to its log.

use super::Timestamp;

/// The filter of a process's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogState {
    /// What is logged now, such as `info,bangui_api=debug`.
    pub filter: String,
    /// What is logged when nobody has changed it.
    pub configured: String,
    /// When it is as configured again; `None` if it was not changed.
    pub until: Option<Timestamp>,
}
