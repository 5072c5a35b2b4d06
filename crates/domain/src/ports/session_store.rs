//! Sessions in the database, which is their truth; caches stand in front of it.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{NewSession, Session, Timestamp, TokenHash, UserId};

/// Keeps sessions.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Stores a new session.
    async fn insert(&self, session: &NewSession) -> Result<(), StoreError>;

    /// The session with this token and its user, expired or not.
    async fn find(&self, token: &TokenHash) -> Result<Option<Session>, StoreError>;

    /// Notes that the session was in use.
    async fn touch(&self, token: &TokenHash, at: Timestamp) -> Result<(), StoreError>;

    /// Ends the session; `false` if there was none.
    async fn delete(&self, token: &TokenHash) -> Result<bool, StoreError>;

    /// Ends all sessions of a user; answers how many.
    async fn delete_of(&self, user: UserId) -> Result<u64, StoreError>;

    /// Deletes sessions that ended before `now`, or were last seen before `idle_since`; answers how many.
    async fn prune(&self, now: Timestamp, idle_since: Timestamp) -> Result<u64, StoreError>;
}
