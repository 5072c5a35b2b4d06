//! Logging in and out, and the set-up of the first user, all behind the throttle.

use bangui_domain::ServiceError;
use bangui_domain::model::{AuditAction, NewUser, Session, User};

use super::{Accounts, Client, Login, check_new, name_problem};
use crate::throttle::Attempt;
use crate::{Token, hash_token, same_hash};

impl Accounts {
    /// Whether there is no user yet.
    pub async fn setup_needed(&self) -> Result<bool, ServiceError> {
        Ok(!self.users.any().await?)
    }

    /// A new set-up token, to be written to the log, if there is no user yet. It replaces any earlier one; where
    /// several processes start on one database, the last one's counts.
    pub async fn offer_setup(&self) -> Result<Option<String>, ServiceError> {
        if !self.setup_needed().await? {
            return Ok(None);
        }
        let token = Token::random()?;
        self.users.set_setup_token(&token.hash()).await?;
        Ok(Some(token.reveal().to_owned()))
    }

    /// Makes the first user, for whoever has the set-up token, and logs them in.
    pub async fn setup(
        &self,
        token: &str,
        username: &str,
        password: &str,
        from: &Client,
    ) -> Result<Login, ServiceError> {
        check_new(username, password)?;
        let attempt = self.throttle.admit(from, None).await?;
        let outcome = self.make_first(token, username, password, from).await;
        self.settle(attempt, outcome).await
    }

    /// Logs in by name and password.
    pub async fn login(&self, username: &str, password: &str, from: &Client) -> Result<Login, ServiceError> {
        // Names that nobody can have are not worth remembering.
        let account = name_problem(username).is_none().then_some(username);
        let attempt = self.throttle.admit(from, account).await?;
        let outcome = self.check_login(account, password, from).await;
        self.settle(attempt, outcome).await
    }

    /// Ends a session.
    pub async fn logout(&self, session: &Session, from: &Client) -> Result<(), ServiceError> {
        if self.sessions.revoke(&session.token).await? {
            self.note(AuditAction::Logout, Some(&session.user), None, from, None).await?;
        }
        Ok(())
    }

    async fn make_first(
        &self,
        token: &str,
        username: &str,
        password: &str,
        from: &Client,
    ) -> Result<Login, ServiceError> {
        if !self.setup_needed().await? {
            return Err(ServiceError::SetupDone);
        }
        let stored = self.users.setup_token().await?;
        let same = stored.zip(hash_token(token)).is_some_and(|(stored, given)| same_hash(&stored, &given));
        if !same {
            self.note(AuditAction::LoginFailed, None, None, from, Some("wrong set-up token")).await?;
            return Err(ServiceError::SetupTokenInvalid);
        }
        let password_hash = self.passwords.hash(password).await?;
        let new = NewUser { name: username.to_owned(), password_hash, created_at: self.clock.now() };
        let user = self.users.create_first(&new).await?.ok_or(ServiceError::SetupDone)?;
        self.note(AuditAction::Setup, Some(&user), Some(&user.name), from, None).await?;
        self.begin(&user, from).await
    }

    async fn check_login(
        &self,
        account: Option<&str>,
        password: &str,
        from: &Client,
    ) -> Result<Login, ServiceError> {
        let user = match account {
            Some(name) => self.users.find(name).await?,
            None => None,
        };
        let stored = user.as_ref().map(|user| user.password_hash.as_str());
        let right = self.passwords.verify(password, stored).await?;
        let Some(user) = user.filter(|_| right) else {
            self.note(AuditAction::LoginFailed, None, account, from, None).await?;
            return Err(ServiceError::CredentialsInvalid);
        };
        let login = self.begin(&user, from).await?;
        self.note(AuditAction::Login, Some(&user), None, from, None).await?;
        Ok(login)
    }

    async fn begin(&self, user: &User, from: &Client) -> Result<Login, ServiceError> {
        let (token, session) = self.sessions.create(user, from).await?;
        Ok(Login { token, session })
    }

    /// Only a wrong secret stays counted. What cannot be written down changes nothing about the outcome: the try
    /// counts as failed.
    pub(super) async fn settle<T>(
        &self,
        attempt: Attempt,
        outcome: Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        let settled = match &outcome {
            Ok(_) => self.throttle.clear(attempt).await,
            Err(
                ServiceError::CredentialsInvalid
                | ServiceError::PasswordWrong
                | ServiceError::SetupTokenInvalid,
            ) => return outcome,
            Err(_) => self.throttle.take_back(attempt).await,
        };
        if let Err(error) = settled {
            tracing::warn!(%error, "a try to log in stays counted as failed");
        }
        outcome
    }
}
