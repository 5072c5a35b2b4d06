//! What processes on one database tell each other, so that none has to ask all the time.

use tokio::sync::broadcast;

use crate::model::{EventId, TokenHash, UserId};

/// Something that another process has written. It is a hint to look, never the only way to learn of it: each has a
/// backstop that needs no notice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// Ban events were recorded, up to this one.
    Events(EventId),
    /// The run-time state was published.
    State,
    /// A session has ended.
    SessionEnded(TokenHash),
    /// Sessions of a user have ended, all or all but one.
    SessionsEnded(UserId),
    /// Notices may have been missed: whatever is remembered may be out of date.
    Missed,
}

/// Brings the notices of all processes on the database, this one included. The store that writes also tells, in the
/// same transaction, so that nobody hears of what was not written. On a database that has one process alone, there are
/// none.
pub trait Notices: Send + Sync {
    /// What comes from now on. Who falls behind has missed some, as after [`Notice::Missed`].
    fn listen(&self) -> broadcast::Receiver<Notice>;
}
