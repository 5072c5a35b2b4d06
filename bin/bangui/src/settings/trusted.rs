//! The proxies that are believed: networks, single addresses, or whoever comes by a Unix socket.

use std::fmt;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Serialize, Serializer};
use thiserror::Error;

use super::Network;

/// What is written for whoever comes by a Unix socket.
const UNIX: &str = "unix";

/// One kind of proxy that is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trusted {
    /// From this network.
    Net(IpNet),
    /// By a Unix socket.
    Unix,
}

/// A text that names no proxies.
#[derive(Debug, Error)]
#[error("is neither a network such as 172.16.0.0/12 nor an address nor the word unix")]
pub(crate) struct TrustedError;

impl FromStr for Trusted {
    type Err = TrustedError;

    fn from_str(text: &str) -> Result<Self, TrustedError> {
        if text == UNIX {
            return Ok(Self::Unix);
        }
        text.parse::<Network>().map(|network| Self::Net(network.0)).map_err(|_| TrustedError)
    }
}

impl fmt::Display for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(net) => net.fmt(f),
            Self::Unix => f.write_str(UNIX),
        }
    }
}

impl Serialize for Trusted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Trusted;

    #[test]
    fn networks_addresses_and_the_socket_can_be_named() {
        for (text, shown) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("127.0.0.1", "127.0.0.1/32"),
            ("fd00::1", "fd00::1/128"),
            ("unix", "unix"),
        ] {
            assert_eq!(text.parse::<Trusted>().expect(text).to_string(), shown);
        }
        for text in ["proxy", "10.0.0.0/33", "", "UNIX"] {
            assert!(text.parse::<Trusted>().is_err(), "{text}");
        }
    }
}
