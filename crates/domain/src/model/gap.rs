//! Times in which nobody saw what fail2ban did.

use super::Period;

/// Why the history knows nothing of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapCause {
    /// BanGUI did not watch, and fail2ban does not remember.
    Unwatched,
    /// fail2ban did not answer: nothing was banned, or nobody knows.
    Fail2banAway,
}

impl GapCause {
    /// Every cause.
    pub const ALL: [Self; 2] = [Self::Unwatched, Self::Fail2banAway];

    /// The word used in the API and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unwatched => "unwatched",
            Self::Fail2banAway => "fail2ban_away",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == text)
    }
}

/// A stretch of time that must not be taken for peace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// When.
    pub period: Period,
    /// Why.
    pub cause: GapCause,
}
