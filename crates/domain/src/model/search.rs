//! The query language: what is asked of the history, in words. One language for the pages, the API and the export:
//! read, printed, and completed while it is being typed. Knows no calendar: times are kept as they are written.

mod moment;
mod name;
mod print;
mod read;
mod typing;
mod words;

use thiserror::Error;

use super::{HistoryFilter, ServerId};

pub use moment::{Civil, CivilTime, Moment, MomentError, Unit};
pub use name::Name;
pub use typing::{Typing, Wanted};

/// The word for a network that is not known.
pub(crate) const UNKNOWN: &str = "unknown";

/// A question about the history as it was written. Prints itself in the one canonical way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Which part of the history.
    pub filter: HistoryFilter,
    /// From this time on.
    pub since: Option<Moment>,
    /// Before this time.
    pub until: Option<Moment>,
}

/// Why a text is no question.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("at character {at}: {message}")]
pub struct SearchError {
    /// The character where it goes wrong; the first one is 1.
    pub at: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Search {
    /// The longest text that is read, in characters.
    pub const MAX_CHARS: usize = 1_000;
    /// The most values that one name takes.
    pub const MAX_VALUES: usize = 100;
    /// The most plain texts.
    pub const MAX_TEXTS: usize = 10;

    /// The question that asks for everything of `server`.
    pub fn all(server: ServerId) -> Self {
        Self { filter: HistoryFilter::of(server), since: None, until: None }
    }

    /// Reads a question about `server`. Blank text asks for everything.
    pub fn parse(server: ServerId, text: &str) -> Result<Self, SearchError> {
        read::search(server, text)
    }
}

/// A text as one value of the language: in quotes where it would be read as something else.
pub fn quoted(value: &str) -> String {
    print::value(value)
}

#[cfg(test)]
mod tests;
