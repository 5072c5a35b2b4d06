//! Users that the operator makes or changes: on the command line, and by the settings at the first start.

use bangui_domain::ServiceError;
use bangui_domain::model::{AuditAction, NewUser, User};
use bangui_domain::ports::StoreError;

use super::{Accounts, Client, check_new};

/// The name of the user that the settings make.
const ADMIN: &str = "admin";

impl Accounts {
    /// Makes a user.
    pub async fn create_user(&self, name: &str, password: &str) -> Result<User, ServiceError> {
        let new = self.new_user(name, password).await?;
        let user = match self.users.create(&new).await {
            Err(StoreError::Conflict(_)) => return Err(ServiceError::UserExists(name.to_owned())),
            other => other?,
        };
        self.note_user(&user, "made on the command line").await?;
        Ok(user)
    }

    /// Makes the user `admin` if there is no user at all; answers whether it did.
    pub async fn ensure_admin(&self, password: &str) -> Result<bool, ServiceError> {
        if !self.setup_needed().await? {
            return Ok(false);
        }
        let new = self.new_user(ADMIN, password).await?;
        let Some(user) = self.users.create_first(&new).await? else { return Ok(false) };
        self.note_user(&user, "made by the settings").await?;
        Ok(true)
    }

    /// Gives a user a new password and ends the user's sessions.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), ServiceError> {
        check_new(name, password)?;
        let unknown = || ServiceError::field("username", format!("there is no user {name:?}"));
        let user = self.users.find(name).await?.ok_or_else(unknown)?;
        let hash = self.passwords.hash(password).await?;
        match self.users.set_password(user.id, &hash, None).await {
            Err(StoreError::NotFound) => return Err(unknown()),
            other => other?,
        };
        self.sessions.forget_user(user.id);
        self.note_user(&user, "new password, sessions ended").await
    }

    async fn new_user(&self, name: &str, password: &str) -> Result<NewUser, ServiceError> {
        check_new(name, password)?;
        let password_hash = self.passwords.hash(password).await?;
        Ok(NewUser { name: name.to_owned(), password_hash, created_at: self.clock.now() })
    }

    async fn note_user(&self, user: &User, detail: &str) -> Result<(), ServiceError> {
        self.note(AuditAction::User, None, Some(&user.name), &Client::default(), Some(detail)).await
    }
}
