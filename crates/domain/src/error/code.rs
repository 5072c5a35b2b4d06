//! What clients and the API go by: the code of a failure, and what sort it is.

use super::ServiceError;

/// What sort of failure it is; decides the HTTP status, and nothing else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request makes no sense.
    Invalid,
    /// Nobody is logged in.
    Unauthenticated,
    /// Somebody is, but may not.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// It contradicts the state of things.
    Conflict,
    /// Too many attempts.
    RateLimited,
    /// fail2ban refused or answered nonsense.
    Upstream,
    /// fail2ban or the database is out of reach.
    Unavailable,
    /// A defect, or a broken machine.
    Internal,
}

impl ServiceError {
    /// The stable code that clients match on.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::CursorInvalid => "cursor_invalid",
            Self::SessionRequired => "session_required",
            Self::CredentialsInvalid => "credentials_invalid",
            Self::PasswordWrong => "password_wrong",
            Self::SessionNotFound(_) => "session_not_found",
            Self::ForeignOrigin => "foreign_origin",
            Self::SetupTokenInvalid => "setup_token_invalid",
            Self::SetupDone => "setup_done",
            Self::UserExists(_) => "user_exists",
            Self::LoginThrottled { .. } => "login_throttled",
            Self::JailNotFound(_) => "jail_not_found",
            Self::JobNotFound(_) => "job_not_found",
            Self::MatchesNotFound(_) => "matches_not_found",
            Self::ChannelNotFound(_) => "channel_not_found",
            Self::RuleNotFound(_) => "rule_not_found",
            Self::ChannelInUse { .. } => "channel_in_use",
            Self::NameTaken(_) => "name_taken",
            Self::BanNotFound { .. } => "ban_not_found",
            Self::BanOwnAddress { .. } => "ban_own_address",
            Self::BanLoopback(_) => "ban_loopback",
            Self::BanIgnored { .. } => "ban_ignored",
            Self::BanNetworkTooWide { .. } => "ban_network_too_wide",
            Self::AddressAllowed { .. } => "address_allowed",
            Self::AllowedAlready(_) => "allowed_already",
            Self::AllowEntryNotFound(_) => "allow_entry_not_found",
            Self::NotConfirmed(_) => "not_confirmed",
            Self::Fail2banOffline(_) => "fail2ban_offline",
            Self::Fail2banRefused(_) => "fail2ban_refused",
            Self::OutcomeUnknown(_) => "outcome_unknown",
            Self::StoreUnavailable(_) => "database_unavailable",
            Self::Store(_) => "database_failed",
            Self::Internal(_) => "internal",
        }
    }

    /// What sort of failure it is.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) | Self::CursorInvalid => ErrorKind::Invalid,
            Self::SessionRequired | Self::CredentialsInvalid => ErrorKind::Unauthenticated,
            Self::PasswordWrong | Self::ForeignOrigin | Self::SetupTokenInvalid => ErrorKind::Forbidden,
            Self::SessionNotFound(_)
            | Self::JailNotFound(_)
            | Self::JobNotFound(_)
            | Self::MatchesNotFound(_)
            | Self::ChannelNotFound(_)
            | Self::RuleNotFound(_)
            | Self::AllowEntryNotFound(_)
            | Self::BanNotFound { .. } => ErrorKind::NotFound,
            Self::SetupDone
            | Self::UserExists(_)
            | Self::ChannelInUse { .. }
            | Self::NameTaken(_)
            | Self::BanOwnAddress { .. }
            | Self::BanLoopback(_)
            | Self::BanIgnored { .. }
            | Self::BanNetworkTooWide { .. }
            | Self::AddressAllowed { .. }
            | Self::AllowedAlready(_) => ErrorKind::Conflict,
            Self::LoginThrottled { .. } => ErrorKind::RateLimited,
            Self::NotConfirmed(_) | Self::Fail2banRefused(_) | Self::OutcomeUnknown(_) => ErrorKind::Upstream,
            Self::Fail2banOffline(_) | Self::StoreUnavailable(_) => ErrorKind::Unavailable,
            Self::Store(_) | Self::Internal(_) => ErrorKind::Internal,
        }
    }
}
