//! How much the server writes into its log.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What the server writes into its log: this and everything more important.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum LogLevel {
    /// What ends it.
    Critical,
    /// What failed: every refused command is here.
    Error,
    /// What may be wrong.
    Warning,
    /// Bans and their ends.
    Notice,
    /// Failures, and changes of settings.
    #[default]
    Info,
    /// What every step does.
    Debug,
    /// More than that.
    TraceDebug,
    /// All there is, each command included.
    HeavyDebug,
    /// A level of Python's logging by its number: 10 is debug, 20 is info, 30 is warning.
    Number(u8),
}

/// Not a log level.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{text:?} is no log level; it is CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG, TRACEDEBUG, HEAVYDEBUG or a number"
)]
pub struct LogLevelError {
    text: String,
}

impl LogLevel {
    /// Every level that has a name, most important first.
    pub const NAMED: [Self; 8] = [
        Self::Critical,
        Self::Error,
        Self::Warning,
        Self::Notice,
        Self::Info,
        Self::Debug,
        Self::TraceDebug,
        Self::HeavyDebug,
    ];
}

impl FromStr for LogLevel {
    type Err = LogLevelError;

    fn from_str(text: &str) -> Result<Self, LogLevelError> {
        let named = Self::NAMED.into_iter().find(|level| level.to_string().eq_ignore_ascii_case(text));
        let number = || text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        named
            .or_else(|| number().map(Self::Number))
            .ok_or_else(|| LogLevelError { text: text.chars().take(80).collect() })
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Critical => "CRITICAL",
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
            Self::Notice => "NOTICE",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
            Self::TraceDebug => "TRACEDEBUG",
            Self::HeavyDebug => "HEAVYDEBUG",
            Self::Number(number) => return number.fmt(f),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        for level in LogLevel::NAMED.into_iter().chain([LogLevel::Number(20)]) {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        assert_eq!("info".parse(), Ok(LogLevel::Info));
        for text in ["", "BOGUS", "-1", "+5", "256", "BASIC_FORMAT"] {
            assert!(text.parse::<LogLevel>().is_err(), "{text}");
        }
    }
}
