//! Where the time comes from.

use crate::model::Timestamp;

/// The only source of wall-clock time, so that tests can set it.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}
