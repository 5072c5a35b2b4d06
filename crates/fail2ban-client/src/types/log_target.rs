//! Where the server writes its log.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::server_path::{ServerPath, ServerPathError};
use crate::codec::Text;

/// Where the server writes its log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogTarget {
    /// Its standard output.
    Stdout,
    /// Its standard error.
    Stderr,
    /// The syslog, through the socket of `syslogsocket`.
    Syslog,
    /// Its standard output, without times.
    Sysout,
    /// The journal of systemd. Needs Python's systemd module, and fail2ban 1.0.
    SystemdJournal,
    /// A file.
    File(LogFile),
}

/// A file for the server's log. The server makes it where it does not exist, as root.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LogFile(ServerPath);

/// Not a place for the server's log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LogTargetError {
    /// Not a path that can be sent.
    #[error(
        "the log is written to STDOUT, STDERR, SYSLOG, SYSOUT, SYSTEMD-JOURNAL or to a file by its path: {0}"
    )]
    Path(#[from] ServerPathError),
    /// The server would take what stands in brackets for options.
    #[error("a path for the log must not contain a bracket: {path}")]
    Bracket {
        /// The path.
        path: ServerPath,
    },
}

impl LogFile {
    /// Checks a path.
    ///
    /// # Errors
    /// It contains an opening bracket.
    pub fn new(path: ServerPath) -> Result<Self, LogTargetError> {
        if path.to_text().as_wtf8().contains(&b'[') {
            return Err(LogTargetError::Bracket { path });
        }
        Ok(Self(path))
    }

    /// Where it lies.
    pub fn path(&self) -> &ServerPath {
        &self.0
    }
}

impl LogTarget {
    /// Every target that is no file.
    pub const NAMED: [Self; 5] =
        [Self::Stdout, Self::Stderr, Self::Syslog, Self::Sysout, Self::SystemdJournal];

    fn name(&self) -> Option<&'static str> {
        match self {
            Self::Stdout => Some("STDOUT"),
            Self::Stderr => Some("STDERR"),
            Self::Syslog => Some("SYSLOG"),
            Self::Sysout => Some("SYSOUT"),
            Self::SystemdJournal => Some("SYSTEMD-JOURNAL"),
            Self::File(_) => None,
        }
    }

    /// As the server reads it, with these options in brackets.
    pub(crate) fn to_text_with(&self, options: &str) -> Text {
        match self {
            Self::File(file) => file.0.to_text_between("", options),
            _ => Text::from(format!("{self}{options}")),
        }
    }
}

impl FromStr for LogTarget {
    type Err = LogTargetError;

    fn from_str(text: &str) -> Result<Self, LogTargetError> {
        let named = Self::NAMED
            .into_iter()
            .find(|target| target.name().is_some_and(|name| name.eq_ignore_ascii_case(text)));
        match named {
            Some(target) => Ok(target),
            None => Ok(Self::File(LogFile::new(text.parse()?)?)),
        }
    }
}

impl fmt::Display for LogTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.0.fmt(f),
            other => f.pad(other.name().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_files() {
        for text in ["STDOUT", "STDERR", "SYSLOG", "SYSOUT", "SYSTEMD-JOURNAL", "/var/log/fail2ban.log"] {
            let target: LogTarget = text.parse().unwrap();
            assert_eq!(target.to_string(), text);
            assert_eq!(target.to_text_with("[a=b]"), format!("{text}[a=b]").as_str());
        }
        assert_eq!("stdout".parse(), Ok(LogTarget::Stdout));
        for text in ["", "INHERITED", "fail2ban.log", "/x[format=y]", "/a\nb"] {
            assert!(text.parse::<LogTarget>().is_err(), "{text:?}");
        }
    }
}
