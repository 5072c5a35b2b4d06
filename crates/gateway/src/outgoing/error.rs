//! Why something was not sent, in words for whoever wrote the address down. Paths and queries of addresses are never
//! told: they hold tokens.

use std::net::IpAddr;
use std::path::PathBuf;

use thiserror::Error;

/// Why nothing was sent, or no answer came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutgoingError {
    /// The text is no address.
    #[error("this is no web address ({0}): write one such as https://example.net/hook")]
    Invalid(String),
    /// It has no host.
    #[error("this address names no server: write one such as https://example.net/hook")]
    NoHost,
    /// It is neither https nor, where that is allowed, http.
    #[error("an address that begins with {scheme}:// is not used: {remedy}")]
    Scheme {
        /// What it begins with.
        scheme: String,
        /// What to do.
        remedy: &'static str,
    },
    /// It holds a user or a password.
    #[error("a user or password within an address is not sent: put it into a header")]
    UserInfo,
    /// It is no public one.
    #[error(
        "{host} is at {address}, {kind}, and BanGUI sends nothing there unless its network is named in \
         outgoing.allow_networks"
    )]
    Refused {
        /// What was written.
        host: String,
        /// Where that is.
        address: IpAddr,
        /// What kind of address that is.
        kind: &'static str,
    },
    /// The port is none of mail servers.
    #[error("no mail is sent to port {0}: use one of {1}, or name it in outgoing.mail_ports")]
    Port(u16, String),
    /// The name is not known.
    #[error("the name {host} cannot be looked up: {reason}")]
    Unknown {
        /// The name.
        host: String,
        /// Why.
        reason: String,
    },
    /// There is no connection, or it broke.
    #[error("{host} cannot be reached: {reason}")]
    Unreachable {
        /// The server.
        host: String,
        /// Why.
        reason: String,
    },
    /// It took too long.
    #[error("{host} did not answer within {secs} s")]
    TimedOut {
        /// The server.
        host: String,
        /// How long was waited.
        secs: u64,
    },
    /// It sends on to another place.
    #[error(
        "{host} sends on to another address (status {status}), which is not followed: write the address it leads to"
    )]
    Redirected {
        /// The server.
        host: String,
        /// Its status.
        status: u16,
    },
    /// What it sends is too much.
    #[error("{host} sends more than the {limit} bytes that are read")]
    TooLarge {
        /// The server.
        host: String,
        /// How much is read.
        limit: u64,
    },
    /// A header cannot be sent.
    #[error("the header {0:?} has characters that a header cannot carry")]
    Header(String),
    /// The certificate authorities of a file cannot be used.
    #[error("the certificate authorities in {path} cannot be used: {reason}")]
    Authorities {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The client cannot be built: a defect.
    #[error("connections to other servers cannot be set up: {0}")]
    Setup(String),
}

impl OutgoingError {
    /// Whether trying again later may help.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::Unreachable { .. } | Self::TimedOut { .. })
    }
}
