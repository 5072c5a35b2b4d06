//! Settings of the server about the syslog's socket and IPv6.

use std::fmt;
use std::str::FromStr;

use super::server_path::{ServerPath, ServerPathError};

/// The socket through which the server writes to the syslog.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum SyslogSocket {
    /// Where the system has it.
    #[default]
    Auto,
    /// This one.
    Path(ServerPath),
}

impl FromStr for SyslogSocket {
    type Err = ServerPathError;

    fn from_str(text: &str) -> Result<Self, ServerPathError> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Path) }
    }
}

impl fmt::Display for SyslogSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.pad("auto"),
            Self::Path(path) => path.fmt(f),
        }
    }
}

/// Whether the server deals with IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AllowIpv6 {
    /// As the system has it.
    #[default]
    Auto,
    /// Yes.
    Yes,
    /// No.
    No,
}

impl AllowIpv6 {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Yes, Self::No];
}

/// Not a word for whether the server deals with IPv6.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} does not say whether IPv6 is allowed; it is auto, true or false")]
pub struct AllowIpv6Error {
    text: String,
}

impl FromStr for AllowIpv6 {
    type Err = AllowIpv6Error;

    fn from_str(text: &str) -> Result<Self, AllowIpv6Error> {
        let found = Self::ALL.into_iter().find(|value| value.to_string() == text);
        found.ok_or_else(|| AllowIpv6Error { text: text.chars().take(80).collect() })
    }
}

impl fmt::Display for AllowIpv6 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Auto => "auto",
            Self::Yes => "true",
            Self::No => "false",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for value in AllowIpv6::ALL {
            assert_eq!(value.to_string().parse(), Ok(value));
        }
        assert!("yes".parse::<AllowIpv6>().is_err());
        assert_eq!("auto".parse(), Ok(SyslogSocket::Auto));
        assert_eq!("/dev/log".parse::<SyslogSocket>().unwrap().to_string(), "/dev/log");
        assert!("dev/log".parse::<SyslogSocket>().is_err());
    }
}
