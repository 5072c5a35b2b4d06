//! What names a ban to the server: its own text for it, which it compares letter by letter.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::address::Address;
use super::spelling;
use crate::codec::Text;
use crate::frame::END;

/// The server's text for something banned: an address, a network, or whatever a filter took from a log line. Take it
/// from a ban list, or from an [`Address`], which prints as the server prints it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BanId(String);

/// Why a text cannot be sent as the id of a ban.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BanIdError {
    /// No text.
    #[error("the id of a ban must not be empty")]
    Empty,
    /// Longer than [`BanId::MAX_BYTES`].
    #[error("the id of a ban has at most {} bytes, this one has {length}", BanId::MAX_BYTES)]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Control characters, or bytes that are not UTF-8.
    #[error("the ban id {id:?} has characters that cannot be sent; remove this ban by emptying its jail")]
    Unprintable {
        /// The id, with escapes.
        id: String,
    },
    /// The server would take it for an option: `--all` unbans everything.
    #[error(
        "fail2ban would take the ban id {id:?} for an option of the command; remove this ban by emptying its jail"
    )]
    Option {
        /// The id.
        id: String,
    },
    /// The server would take it for the end of the request, and what follows for another one.
    #[error(
        "the ban id {id:?} contains the marker that ends a request; remove this ban by emptying its jail"
    )]
    Marker {
        /// The id.
        id: String,
    },
}

impl BanId {
    /// The longest id, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 4096;

    /// Checks an id that came from the server.
    ///
    /// # Errors
    /// Empty, too long, not printable, beginning with `--`, or with the end marker in it. Ids come from log lines, so that
    /// a stranger may have chosen them.
    pub fn new(id: impl Into<String>) -> Result<Self, BanIdError> {
        let id = id.into();
        if id.is_empty() {
            return Err(BanIdError::Empty);
        }
        if id.len() > Self::MAX_BYTES {
            return Err(BanIdError::TooLong { length: id.len() });
        }
        if id.chars().any(char::is_control) {
            return Err(BanIdError::Unprintable { id });
        }
        if id.starts_with("--") {
            return Err(BanIdError::Option { id });
        }
        if id.as_bytes().windows(END.len()).any(|window| window == END) {
            return Err(BanIdError::Marker { id });
        }
        Ok(Self(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address or network that the id spells, in whatever way: `2001:0DB8::1`, `[2001:db8::1]`, `::ffff:192.0.2.1`,
    /// `10.0.0.0/255.0.0.0`, or with blanks around it. `None` where it is something else.
    pub fn address(&self) -> Option<Address> {
        spelling::read(&self.0)
    }
}

impl From<Address> for BanId {
    fn from(address: Address) -> Self {
        Self(address.to_string())
    }
}

impl FromStr for BanId {
    type Err = BanIdError;

    fn from_str(text: &str) -> Result<Self, BanIdError> {
        Self::new(text)
    }
}

impl TryFrom<&Text> for BanId {
    type Error = BanIdError;

    fn try_from(text: &Text) -> Result<Self, BanIdError> {
        let id = text.as_str().ok_or_else(|| BanIdError::Unprintable { id: text.to_string() })?;
        Self::new(id)
    }
}

impl fmt::Display for BanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_what_cannot_be_sent_are_refused() {
        for id in ["--all", "--report-absent"] {
            assert!(matches!(BanId::new(id), Err(BanIdError::Option { .. })), "{id}");
        }
        let marked = "evil<F2B_END_COMMAND>x";
        assert!(matches!(BanId::new(marked), Err(BanIdError::Marker { id }) if id == marked));
        assert_eq!(BanId::new(""), Err(BanIdError::Empty));
        assert!(matches!(BanId::new("a\tb"), Err(BanIdError::Unprintable { .. })));
        assert!(matches!(BanId::new("x".repeat(4097)), Err(BanIdError::TooLong { length: 4097 })));
        let lone = Text::from_wtf8(b"\xed\xb3\xbf").unwrap();
        assert!(matches!(BanId::try_from(&lone), Err(BanIdError::Unprintable { .. })));
    }

    #[test]
    fn an_address_is_spelled_as_the_server_spells_it() {
        let address: Address = "2001:0DB8:0::DEAD:beef".parse().unwrap();
        assert_eq!(BanId::from(address).as_str(), "2001:db8::dead:beef");
        assert_eq!(BanId::new("('abc', 'joe')").unwrap().as_str(), "('abc', 'joe')");
    }
}
