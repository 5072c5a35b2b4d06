//! How the process ends: exit codes from sysexits, so that a supervisor can tell a typo from a database that is
//! not up yet.

use std::fmt;

/// Why the process ends, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Something that was asked for did not come out well (a failed health check).
    Failed,
    /// A database or server cannot be reached.
    Unavailable,
    /// A defect, or a broken machine.
    Internal,
    /// A file or port cannot be used.
    Io,
    /// Another process is at work: try again later.
    TryAgain,
    /// The settings are wrong.
    Config,
}

impl ExitCode {
    /// All of them, and what each means to whoever started the process.
    pub(crate) const ALL: [(Self, &str); 6] = [
        (Self::Failed, "What was asked for did not come out well, such as a health check."),
        (Self::Unavailable, "The database cannot be reached."),
        (Self::Internal, "A defect, or a broken machine."),
        (Self::Io, "A file or a port cannot be used."),
        (Self::TryAgain, "Another process is at work on the same database: try again later."),
        (Self::Config, "The settings are wrong: starting again does not help."),
    ];

    /// The number.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Unavailable => 69,
            Self::Internal => 70,
            Self::Io => 74,
            Self::TryAgain => 75,
            Self::Config => 78,
        }
    }
}

/// An error that ends the process: what happened and with which code.
#[derive(Debug)]
pub(crate) struct Fatal {
    /// The exit code.
    pub(crate) code: ExitCode,
    /// What happened, to what, why, and what to do. May have several lines.
    pub(crate) message: String,
}

impl Fatal {
    /// Ends the process with `code`.
    pub(crate) fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fatal {}
