//! Logins, the set-up of the first user, who is logged in, and a user's own sessions.

use bangui_domain::model::{Session, SessionEntry, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::time::rfc3339;

/// Whether the server waits for its first user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetupState {
    /// True while there is no user.
    pub(crate) needed: bool,
}

/// The first user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupRequest {
    /// The one-time token that the server wrote to its log at its last start.
    pub(crate) token: String,
    /// 1 to 64 characters out of A-Z a-z 0-9 . _ @ -
    #[schema(example = "admin")]
    pub(crate) username: String,
    /// 12 to 256 characters.
    #[schema(format = Password)]
    pub(crate) password: String,
}

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginRequest {
    /// The user's name.
    #[schema(example = "admin")]
    pub(crate) username: String,
    /// The password.
    #[schema(format = Password)]
    pub(crate) password: String,
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    /// Its number.
    id: i64,
    /// Its name.
    #[schema(example = "admin")]
    name: String,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self { id: user.id.0, name: user.name.clone() }
    }
}

/// A session that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoginResponse {
    /// Whose it is.
    user: UserView,
    /// When it ends at the latest.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<&Session> for LoginResponse {
    fn from(session: &Session) -> Self {
        Self { user: UserView::from(&session.user), expires_at: rfc3339(session.expires_at) }
    }
}

/// The session of this request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeResponse {
    /// Whose it is.
    user: UserView,
    /// When it began.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends at the latest.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<&Session> for MeResponse {
    fn from(session: &Session) -> Self {
        Self {
            user: UserView::from(&session.user),
            created_at: rfc3339(session.created_at),
            expires_at: rfc3339(session.expires_at),
        }
    }
}

/// A password to be replaced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordRequest {
    /// The password as it is.
    #[schema(format = Password)]
    pub(crate) current_password: String,
    /// 12 to 256 characters.
    #[schema(format = Password)]
    pub(crate) new_password: String,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// Its name, which is of no use for logging in.
    #[schema(example = "0f007385b6f9d4b7")]
    id: String,
    /// When it began.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    last_used_at: String,
    /// When it ends at the latest; it ends earlier if it is not used.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Where the login came from; null over a Unix socket.
    #[schema(example = "192.0.2.7")]
    address: Option<String>,
    /// What the browser called itself at the login.
    user_agent: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

/// A user's own sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// The sessions, the last used first.
    items: Vec<SessionView>,
    /// Always null: sessions come on one page.
    next: Option<String>,
}

impl SessionList {
    pub(crate) fn new(entries: Vec<SessionEntry>, asking: &Session) -> Self {
        let view = |entry: SessionEntry| SessionView {
            id: entry.token.public_id().to_owned(),
            created_at: rfc3339(entry.created_at),
            last_used_at: rfc3339(entry.last_seen_at),
            expires_at: rfc3339(entry.expires_at),
            address: entry.address.map(|address| address.to_string()),
            user_agent: entry.user_agent,
            current: entry.token == asking.token,
        };
        Self { items: entries.into_iter().map(view).collect(), next: None }
    }
}

/// Sessions that have ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndedResponse {
    /// How many.
    pub(crate) ended: u64,
}
