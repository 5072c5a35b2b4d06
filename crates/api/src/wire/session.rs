//! Logins, the set-up of the first user, and who is logged in.

use bangui_domain::model::{Session, User};
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
