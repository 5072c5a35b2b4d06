//! What users do about their own sessions and their own password.

use bangui_domain::model::{AuditAction, Session, SessionEntry};
use bangui_domain::ports::StoreError;
use bangui_domain::{FieldError, ServiceError};

use super::{Accounts, Client};
use crate::Passwords;

impl Accounts {
    /// The sessions of whoever asks that have not ended, the last used first.
    pub async fn own_sessions(&self, asking: &Session) -> Result<Vec<SessionEntry>, ServiceError> {
        self.sessions.list(asking.user.id).await
    }

    /// Ends one of the asking user's sessions, by its public id. [`ServiceError::SessionNotFound`] if it is nobody's,
    /// or another's.
    pub async fn end_session(&self, asking: &Session, id: &str, from: &Client) -> Result<(), ServiceError> {
        let unknown = || ServiceError::SessionNotFound(id.to_owned());
        let own = self.sessions.list(asking.user.id).await?;
        let ended = own.into_iter().find(|entry| entry.token.public_id() == id).ok_or_else(unknown)?;
        if !self.sessions.revoke(&ended.token).await? {
            return Err(unknown());
        }
        let of = ended.address.map(|address| format!("from {address}"));
        self.note(AuditAction::SessionEnded, Some(&asking.user), Some(id), from, of.as_deref()).await
    }

    /// Ends all sessions of the asking user but the asking one; answers how many.
    pub async fn end_other_sessions(&self, asking: &Session, from: &Client) -> Result<u64, ServiceError> {
        let ended = self.sessions.revoke_others(asking).await?;
        let detail = format!("all others: {ended}");
        self.note(AuditAction::SessionEnded, Some(&asking.user), None, from, Some(&detail)).await?;
        Ok(ended)
    }

    /// Replaces the asking user's password, for whoever knows it, and ends their other sessions; answers how many. A
    /// wrong password counts as a failed login.
    pub async fn change_password(
        &self,
        asking: &Session,
        current: &str,
        new: &str,
        from: &Client,
    ) -> Result<u64, ServiceError> {
        if let Some(FieldError { message, .. }) = Passwords::problem(new) {
            return Err(ServiceError::field("new_password", message));
        }
        let attempt = self.throttle.admit(from, Some(&asking.user.name)).await?;
        let outcome = self.replace_password(asking, current, new, from).await;
        self.settle(attempt, outcome).await
    }

    async fn replace_password(
        &self,
        asking: &Session,
        current: &str,
        new: &str,
        from: &Client,
    ) -> Result<u64, ServiceError> {
        // The session may have been cached before the password was last replaced.
        let user = self.users.find(&asking.user.name).await?.ok_or(ServiceError::SessionRequired)?;
        if !self.passwords.verify(current, Some(&user.password_hash)).await? {
            let refused = Some("refused: not the current password");
            self.note(AuditAction::Password, Some(&user), Some(&user.name), from, refused).await?;
            return Err(ServiceError::PasswordWrong);
        }
        let hash = self.passwords.hash(new).await?;
        let ended = match self.users.set_password(user.id, &hash, Some(&asking.token)).await {
            Err(StoreError::NotFound) => return Err(ServiceError::SessionRequired),
            other => other?,
        };
        self.sessions.forget_user(user.id);
        let detail = format!("replaced, other sessions ended: {ended}");
        self.note(AuditAction::Password, Some(&user), Some(&user.name), from, Some(&detail)).await?;
        Ok(ended)
    }
}
