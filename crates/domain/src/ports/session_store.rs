//! Sessions in the database, which is their truth; caches stand in front of it.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{Fence, NewSession, Session, SessionEntry, Timestamp, TokenHash, UserId};

/// Keeps sessions.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Stores a new session. [`StoreError::NotFound`] if its user is gone, or has another password than the one that
    /// was checked: a password that is replaced leaves no session behind, however close the two come.
    async fn insert(&self, session: &NewSession) -> Result<(), StoreError>;

    /// The session with this token and its user, expired or not.
    async fn find(&self, token: &TokenHash) -> Result<Option<Session>, StoreError>;

    /// The sessions of a user, expired or not, the last used first; `most` at most.
    async fn list(&self, user: UserId, most: u32) -> Result<Vec<SessionEntry>, StoreError>;

    /// Notes that the session was in use.
    async fn touch(&self, token: &TokenHash, at: Timestamp) -> Result<(), StoreError>;

    /// Ends the session, and tells all processes; `false` if there was none.
    async fn delete(&self, token: &TokenHash) -> Result<bool, StoreError>;

    /// Ends all sessions of a user but `kept`, and tells all processes; answers how many.
    async fn delete_others(&self, user: UserId, kept: &TokenHash) -> Result<u64, StoreError>;

    /// Deletes sessions that ended before `now`, or were last seen before `idle_since`; answers how many.
    /// [`StoreError::StaleFence`] if the scheduler lock has changed hands.
    async fn prune(&self, fence: Fence, now: Timestamp, idle_since: Timestamp) -> Result<u64, StoreError>;
}
