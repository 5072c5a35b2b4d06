//! Users, the set-up token, and the audit trail.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{AuditEntry, NewUser, TokenHash, User, UserId};

/// Keeps users.
#[async_trait]
pub trait UserStore: Send + Sync {
    /// Whether there is any user.
    async fn any(&self) -> Result<bool, StoreError>;

    /// The user of this name, upper and lower case alike.
    async fn find(&self, name: &str) -> Result<Option<User>, StoreError>;

    /// Makes a user. [`StoreError::Conflict`] if the name is taken.
    async fn create(&self, user: &NewUser) -> Result<User, StoreError>;

    /// Makes a user only if there is none at all, in one step; `None` if there was one.
    async fn create_first(&self, user: &NewUser) -> Result<Option<User>, StoreError>;

    /// Replaces a password hash, ends all sessions of the user but `kept`, and tells all processes; answers how many
    /// have ended. [`StoreError::NotFound`] if there is no such user.
    async fn set_password(
        &self,
        user: UserId,
        password_hash: &str,
        kept: Option<&TokenHash>,
    ) -> Result<u64, StoreError>;

    /// Replaces the hash of the set-up token.
    async fn set_setup_token(&self, token: &TokenHash) -> Result<(), StoreError>;

    /// The hash of the set-up token, if one was made.
    async fn setup_token(&self) -> Result<Option<TokenHash>, StoreError>;
}

/// Keeps the trail of what was done by whom.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Adds one line.
    async fn record(&self, entry: &AuditEntry) -> Result<(), StoreError>;
}
