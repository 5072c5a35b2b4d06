//! Where a jail begins to read a log file.

use std::fmt;

/// Where the reading of a log file begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LogPosition {
    /// At its beginning, or where the server's database says that it ended last time. Lines that are older than the
    /// jail's `findtime` are passed over.
    #[default]
    Head,
    /// Behind the last line.
    Tail,
}

impl LogPosition {
    /// fail2ban's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Tail => "tail",
        }
    }
}

impl fmt::Display for LogPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
