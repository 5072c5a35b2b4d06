//! The use cases of accounts: the first user, logging in and out, users from the command line. Every one leaves a
//! line in the audit trail, failed logins included.

mod login;
mod own;
mod users;

use std::net::IpAddr;
use std::sync::Arc;

use bangui_domain::model::{AuditAction, AuditEntry, ServerId, Session, User};
use bangui_domain::ports::{AuditLog, Clock, TryStore, UserStore};
use bangui_domain::{FieldError, ServiceError};

use crate::{Passwords, SecretError, SessionSettings, Sessions, Throttle, Token};

/// The longest name of a user, in characters.
const NAME_CHARS: usize = 64;

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Client {
    /// The address; `None` over a Unix socket and from the command line.
    pub address: Option<IpAddr>,
    /// Whether the address is that of a proxy, behind which may be anybody: no account is known there.
    pub shared: bool,
    /// The program's name for itself.
    pub user_agent: Option<String>,
}

/// A login that worked.
#[derive(Debug)]
pub struct Login {
    /// The session's token in clear, for the cookie.
    pub token: Token,
    /// The session and its user.
    pub session: Session,
}

/// Where accounts are kept.
pub struct AccountStores {
    /// Users and the set-up token.
    pub users: Arc<dyn UserStore>,
    /// The trail.
    pub audit: Arc<dyn AuditLog>,
    /// Counted tries to log in.
    pub tries: Arc<dyn TryStore>,
    /// Sessions.
    pub sessions: Arc<Sessions>,
}

/// Carries out the use cases of accounts.
pub struct Accounts {
    users: Arc<dyn UserStore>,
    audit: Arc<dyn AuditLog>,
    sessions: Arc<Sessions>,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
    throttle: Throttle,
}

impl Accounts {
    /// Over `stores`. Computes one password hash, which takes a noticeable moment.
    pub fn new(
        stores: AccountStores,
        clock: Arc<dyn Clock>,
        settings: &SessionSettings,
    ) -> Result<Self, SecretError> {
        let AccountStores { users, audit, tries, sessions } = stores;
        let passwords = Passwords::new(settings)?;
        Ok(Self { users, audit, sessions, clock, passwords, throttle: Throttle::new(tries) })
    }

    /// The sessions, to recognise who asks.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    async fn note(
        &self,
        action: AuditAction,
        user: Option<&User>,
        subject: Option<&str>,
        from: &Client,
        detail: Option<&str>,
    ) -> Result<(), ServiceError> {
        let entry = AuditEntry {
            server: ServerId::local(),
            at: self.clock.now(),
            user: user.map(|user| user.name.clone()),
            address: from.address,
            action,
            subject: subject.map(str::to_owned),
            detail: detail.map(str::to_owned),
        };
        Ok(self.audit.record(&entry).await?)
    }
}

/// What is wrong with the name of a new user, if anything.
fn name_problem(name: &str) -> Option<FieldError> {
    let fits = (1..=NAME_CHARS).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte));
    (!fits).then(|| {
        FieldError::new(
            "username",
            format!("a user name has 1 to {NAME_CHARS} characters out of A-Z a-z 0-9 . _ @ -"),
        )
    })
}

fn check_new(name: &str, password: &str) -> Result<(), ServiceError> {
    let problems: Vec<FieldError> =
        [name_problem(name), Passwords::problem(password)].into_iter().flatten().collect();
    if problems.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(problems)) }
}
