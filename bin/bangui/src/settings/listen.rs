//! Where the server listens: plain HTTP on an address, HTTPS on an address, or HTTP on a Unix socket.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// One place to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listen {
    /// Plain HTTP: `127.0.0.1:8686` or `http://127.0.0.1:8686`.
    Http(SocketAddr),
    /// HTTPS with the certificate of the settings: `https://0.0.0.0:8443`.
    Https(SocketAddr),
    /// HTTP on a Unix socket: `unix:/run/bangui/bangui.sock`.
    Unix(PathBuf),
}

impl Listen {
    /// The address and port, of what has them.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Http(address) | Self::Https(address) => Some(*address),
            Self::Unix(_) => None,
        }
    }
}

/// A text that names no place to listen on.
#[derive(Debug, Error)]
pub(crate) enum ListenError {
    /// Not an address with a port.
    #[error(
        "is no address with a port ({0}): write one such as 127.0.0.1:8686, [::1]:8686, https://0.0.0.0:8443 or \
         unix:/run/bangui/bangui.sock; names of machines are not looked up"
    )]
    Address(#[from] std::net::AddrParseError),
    /// A Unix socket whose path depends on where the server was started.
    #[error("names a socket by a part of its path: write all of it, as in unix:/run/bangui/bangui.sock")]
    Relative,
}

/// The permissions that three octal digits stand for.
pub(crate) fn socket_mode(digits: &str) -> Option<u32> {
    let octal = digits.len() == 3 && digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    if octal { u32::from_str_radix(digits, 8).ok() } else { None }
}

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            return if path.is_absolute() { Ok(Self::Unix(path)) } else { Err(ListenError::Relative) };
        }
        if let Some(address) = text.strip_prefix("https://") {
            return Ok(Self::Https(address.parse()?));
        }
        Ok(Self::Http(text.strip_prefix("http://").unwrap_or(text).parse()?))
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(address) => write!(f, "http://{address}"),
            Self::Https(address) => write!(f, "https://{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl Serialize for Listen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Listen, socket_mode};

    #[test]
    fn each_kind_reads_back_as_it_is_shown() {
        for (text, shown) in [
            ("127.0.0.1:80", "http://127.0.0.1:80"),
            ("http://[::1]:80", "http://[::1]:80"),
            ("https://0.0.0.0:443", "https://0.0.0.0:443"),
            ("unix:/run/a b.sock", "unix:/run/a b.sock"),
        ] {
            let read: Listen = text.parse().expect(text);
            assert_eq!(read.to_string(), shown);
            assert_eq!(shown.parse::<Listen>().expect(shown), read);
        }
    }

    #[test]
    fn what_names_no_place_is_explained() {
        for text in
            ["8686", "localhost:80", "127.0.0.1", "https://host:1", "unix:a.sock", "unix:", "ftp://1.2.3.4:5"]
        {
            let error = text.parse::<Listen>().expect_err(text).to_string();
            assert!(error.contains("write"), "{text}: {error}");
        }
    }

    #[test]
    fn a_mode_is_three_octal_digits() {
        assert_eq!(
            (socket_mode("660"), socket_mode("600"), socket_mode("777")),
            (Some(0o660), Some(0o600), Some(0o777))
        );
        for text in ["", "66", "0660", "668", "rw-", "+60"] {
            assert_eq!(socket_mode(text), None, "{text}");
        }
    }
}
