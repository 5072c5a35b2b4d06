//! Business failures: what went wrong in terms of the domain, with a stable code and a kind that the API maps to
//! a status. Knows nothing of HTTP.

mod code;

use thiserror::Error;

pub use self::code::ErrorKind;

use crate::model::{EventId, JailName, Outage};
use crate::ports::{ControlError, StoreError};

/// One bad field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the request.
    pub field: &'static str,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

impl FieldError {
    /// A bad field.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}

/// A use case that could not be carried out.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// Fields that cannot be used.
    #[error("{}", summary(.0))]
    Invalid(Vec<FieldError>),
    /// A cursor that this server did not make, or that belongs to another order.
    #[error("the cursor does not belong to this list: start again without one")]
    CursorInvalid,
    /// No session, or one that has ended.
    #[error("log in first")]
    SessionRequired,
    /// Wrong name or password; does not tell which.
    #[error("the user name or the password is wrong")]
    CredentialsInvalid,
    /// The password that was to be replaced is another one.
    #[error("the current password is not this one")]
    PasswordWrong,
    /// The user has no such session.
    #[error("you have no session {0}: it may have ended already")]
    SessionNotFound(String),
    /// The request came from another site.
    #[error(
        "the request does not come from this site's own pages; behind a proxy, name it in http.trusted_proxies, and have it \
         pass on Host and set X-Forwarded-Proto"
    )]
    ForeignOrigin,
    /// Not the token that the server logged.
    #[error("this is not the set-up token that the server wrote to its log at its last start")]
    SetupTokenInvalid,
    /// There is a user already.
    #[error("the first user has been made already: log in instead")]
    SetupDone,
    /// The name is taken.
    #[error("there is a user {0:?} already")]
    UserExists(String),
    /// Too many failed logins.
    #[error("too many failed logins: try again in {retry_after_secs} s")]
    LoginThrottled {
        /// Seconds until the next try is looked at.
        retry_after_secs: u32,
    },
    /// fail2ban has no such jail.
    #[error("fail2ban has no jail {0}")]
    JailNotFound(JailName),
    /// There is no such background job.
    #[error("there is no job {0:?}")]
    JobNotFound(String),
    /// Nothing is kept of what led to this ban.
    #[error("no log lines are kept of ban {}: fail2ban told none, or they have been removed", .0.0)]
    MatchesNotFound(EventId),
    /// There is no such channel of notifications.
    #[error("there is no channel {0}: it may have been deleted")]
    ChannelNotFound(i64),
    /// There is no such rule of notifications.
    #[error("there is no rule {0}: it may have been deleted")]
    RuleNotFound(i64),
    /// A rule sends through the channel.
    #[error("the rule {rule:?} sends through the channel {channel:?}: take it out there first")]
    ChannelInUse {
        /// The channel's name.
        channel: String,
        /// The rule's name.
        rule: String,
    },
    /// Another channel or rule has the name.
    #[error("there is one with the name {0:?} already")]
    NameTaken(String),
    /// It is not banned there.
    #[error("{id} is not banned{}", .jail.as_ref().map(|jail| format!(" in jail {jail}")).unwrap_or_default())]
    BanNotFound {
        /// What was to be unbanned.
        id: String,
        /// Where, if one jail was named.
        jail: Option<JailName>,
    },
    /// Banning this would shut out the one who asks.
    #[error(
        "{target} is or contains {caller}, the address you are calling from: banning it would shut you out"
    )]
    BanOwnAddress {
        /// What was to be banned.
        target: String,
        /// Whom it would hit.
        caller: String,
    },
    /// Banning this would cut the machine off from itself.
    #[error("{0} is or contains a loopback address: banning it cuts this machine off from itself")]
    BanLoopback(String),
    /// The jail ignores it.
    #[error("jail {jail} ignores {entry} (ignoreip), which {target} is part of or contains")]
    BanIgnored {
        /// What was to be banned.
        target: String,
        /// The jail.
        jail: JailName,
        /// The entry of its ignoreip list.
        entry: String,
    },
    /// A very large network.
    #[error("{target} is a network of {size} addresses: shorter than /{limit} needs force")]
    BanNetworkTooWide {
        /// What was to be banned.
        target: String,
        /// How many addresses it has, as text (`2^112` for the huge ones).
        size: String,
        /// The shortest prefix that needs no force.
        limit: u8,
    },
    /// The allowlist names it.
    #[error(
        "the allowlist has {entry}, by {by}, which {target} is part of or contains: remove that entry first"
    )]
    AddressAllowed {
        /// What was to be banned.
        target: String,
        /// The entry.
        entry: String,
        /// Who made it.
        by: String,
    },
    /// The allowlist has this very entry.
    #[error("the allowlist has {0} already")]
    AllowedAlready(String),
    /// There is no such entry of the allowlist.
    #[error("the allowlist has no entry {0}: it may have been removed, or its time may be over")]
    AllowEntryNotFound(i64),
    /// fail2ban took the command, but does not list the result.
    #[error("fail2ban answered, but {0}")]
    NotConfirmed(String),
    /// fail2ban is out of reach.
    #[error("fail2ban is offline: {}", .0.detail)]
    Fail2banOffline(Outage),
    /// fail2ban said no.
    #[error("fail2ban refused: {0}")]
    Fail2banRefused(String),
    /// The command may or may not have been carried out.
    #[error("fail2ban did not confirm the command, it may or may not have been carried out: {0}")]
    OutcomeUnknown(String),
    /// The database is out of reach or busy.
    #[error("the database is not available")]
    StoreUnavailable(#[source] StoreError),
    /// Anything else that the database said.
    #[error("the database failed")]
    Store(#[source] StoreError),
    /// Something inside that should work, such as hashing a password.
    #[error("internal failure: {0}")]
    Internal(String),
}

fn summary(fields: &[FieldError]) -> String {
    fields.iter().map(|field| format!("{}: {}", field.field, field.message)).collect::<Vec<_>>().join("; ")
}

impl ServiceError {
    /// One bad field.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Busy => Self::StoreUnavailable(error),
            StoreError::BadCursor => Self::CursorInvalid,
            StoreError::NotFound
            | StoreError::Conflict(_)
            | StoreError::StaleFence
            | StoreError::Backend(_) => Self::Store(error),
        }
    }
}

impl From<ControlError> for ServiceError {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Offline(outage) => Self::Fail2banOffline(outage),
            ControlError::JailNotFound(jail) => Self::JailNotFound(jail),
            ControlError::NotSendable { field, reason } => Self::field(field, reason),
            ControlError::Refused(detail) => Self::Fail2banRefused(detail),
            ControlError::OutcomeUnknown(detail) => Self::OutcomeUnknown(detail),
        }
    }
}

/// An error with its sources, in one line: for logs and for people at a terminal, never for an answer over HTTP. A
/// source that the text before it repeats is left out.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
