//! What watches a jail's logs.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The backend of a jail, which it keeps from its making to its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Backend {
    /// The best one that the server has.
    #[default]
    Auto,
    /// Looks at the files again and again.
    Polling,
    /// Is told by the kernel of changes.
    Pyinotify,
    /// Reads systemd's journal. The text holds its options, without brackets: `journalflags=1`; as a rule it is empty.
    Systemd(String),
}

/// Not a backend of fail2ban.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is no backend of fail2ban; it is auto, polling, pyinotify, systemd or systemd[OPTIONS]")]
pub struct BackendError {
    text: String,
}

impl FromStr for Backend {
    type Err = BackendError;

    fn from_str(text: &str) -> Result<Self, BackendError> {
        let wrong = || BackendError { text: text.chars().take(80).collect() };
        match text {
            "auto" => Ok(Self::Auto),
            "polling" => Ok(Self::Polling),
            "pyinotify" => Ok(Self::Pyinotify),
            "systemd" => Ok(Self::Systemd(String::new())),
            _ => {
                let options = text.strip_prefix("systemd[").and_then(|rest| rest.strip_suffix(']'));
                let options =
                    options.filter(|options| !options.contains(['[', ']', '\n'])).ok_or_else(wrong)?;
                Ok(Self::Systemd(options.to_owned()))
            }
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.pad("auto"),
            Self::Polling => f.pad("polling"),
            Self::Pyinotify => f.pad("pyinotify"),
            Self::Systemd(options) if options.is_empty() => f.pad("systemd"),
            Self::Systemd(options) => f.pad(&format!("systemd[{options}]")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        for text in ["auto", "polling", "pyinotify", "systemd", "systemd[journalflags=1]"] {
            assert_eq!(text.parse::<Backend>().unwrap().to_string(), text);
        }
        for text in ["", "gamin", "systemd[", "systemd[a][b]", "Polling"] {
            assert!(text.parse::<Backend>().is_err(), "{text}");
        }
    }
}
