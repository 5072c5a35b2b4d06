//! People and their sessions, and the trail of what they did. Secrets appear here only as hashes.

use std::net::IpAddr;

use super::{ServerId, Timestamp};

/// The row number of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub i64);

/// Someone who may log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Row number.
    pub id: UserId,
    /// Login name, unique without regard to case.
    pub name: String,
    /// argon2id hash in PHC form.
    pub password_hash: String,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// A user to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Login name.
    pub name: String,
    /// argon2id hash in PHC form.
    pub password_hash: String,
    /// When the account is made.
    pub created_at: Timestamp,
}

/// Hex digits of a session's public id.
const PUBLIC_ID_DIGITS: usize = 16;

/// SHA-256 of a session token, in hex: what the database holds instead of the token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

impl TokenHash {
    /// A hash that has been computed, or read from the database.
    pub fn from_hex(hex: String) -> Self {
        Self(hex)
    }

    /// The hash in hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a session is called where its owner sees it: 64 bits of the hash. It lasts as long as the session, needs
    /// no column of its own, and leads nobody to the token.
    pub fn public_id(&self) -> &str {
        self.0.get(..PUBLIC_ID_DIGITS).unwrap_or(&self.0)
    }
}

/// A session as stored, with its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub user: User,
    /// Hash of its token.
    pub token: TokenHash,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last seen in use; written now and then, not at every request.
    pub last_seen_at: Timestamp,
    /// When it ends, used or not.
    pub expires_at: Timestamp,
}

/// A session to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Whose it is.
    pub user: UserId,
    /// The user's password hash that the login was checked against.
    pub password_hash: String,
    /// Hash of its token.
    pub token: TokenHash,
    /// When it begins.
    pub created_at: Timestamp,
    /// When it ends, used or not.
    pub expires_at: Timestamp,
    /// Where the login came from.
    pub address: Option<IpAddr>,
    /// The browser's name for itself, cut to a sane length.
    pub user_agent: Option<String>,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEntry {
    /// Hash of its token.
    pub token: TokenHash,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last seen in use, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends, used or not.
    pub expires_at: Timestamp,
    /// Where the login came from.
    pub address: Option<IpAddr>,
    /// The browser's name for itself.
    pub user_agent: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// The first user was made by the set-up token.
    Setup,
    /// A login that worked.
    Login,
    /// A login that did not.
    LoginFailed,
    /// A logout.
    Logout,
    /// Somebody ended other sessions of theirs.
    SessionEnded,
    /// Somebody changed their password.
    Password,
    /// A ban was asked for.
    Ban,
    /// An unban was asked for.
    Unban,
    /// A user was made or changed on the command line.
    User,
    /// A background job was started by hand.
    Job,
    /// What a process logs was changed while it ran.
    LogFilter,
    /// A channel or a rule of notifications was made, changed, tried or deleted.
    Notification,
    /// An address was put on the allowlist.
    Allow,
    /// An address was taken off the allowlist.
    Disallow,
}

impl AuditAction {
    /// The word used in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Login => "login",
            Self::LoginFailed => "login_failed",
            Self::Logout => "logout",
            Self::SessionEnded => "session_ended",
            Self::Password => "password",
            Self::Ban => "ban",
            Self::Unban => "unban",
            Self::User => "user",
            Self::Job => "job",
            Self::LogFilter => "log_filter",
            Self::Notification => "notification",
            Self::Allow => "allow",
            Self::Disallow => "disallow",
        }
    }
}

/// One line of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The server that it was about.
    pub server: ServerId,
    /// When.
    pub at: Timestamp,
    /// Who, by name; empty if nobody was logged in.
    pub user: Option<String>,
    /// From where.
    pub address: Option<IpAddr>,
    /// What.
    pub action: AuditAction,
    /// To what: an address, a user's name.
    pub subject: Option<String>,
    /// What came of it, and the reason given, in one line.
    pub detail: Option<String>,
}
