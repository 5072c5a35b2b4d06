//! What a server tells where this crate has names for the usual answers: one of those, or the server's own text.

use std::fmt;
use std::str::FromStr;

use crate::codec::Text;

/// A value that the server reports. Reading one never fails on a word that this crate does not know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reported<T> {
    /// A value that this crate knows, and can send.
    Known(T),
    /// Something else, as the server writes it.
    Other(Text),
}

impl<T> Reported<T> {
    /// The value, where this crate knows it.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Other(_) => None,
        }
    }

    /// The value, where this crate knows it.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Other(_) => None,
        }
    }
}

impl<T: FromStr> From<Text> for Reported<T> {
    fn from(text: Text) -> Self {
        match text.as_str().and_then(|known| known.parse().ok()) {
            Some(known) => Self::Known(known),
            None => Self::Other(text),
        }
    }
}

impl<T: Default> Default for Reported<T> {
    fn default() -> Self {
        Self::Known(T::default())
    }
}

impl<T: fmt::Display> fmt::Display for Reported<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Other(text) => text.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_kept() {
        assert_eq!(Reported::from(Text::from("7")), Reported::Known(7_u8));
        let other = Reported::<u8>::from(Text::from("seven"));
        assert_eq!((other.known(), other.to_string()), (None, "seven".to_owned()));
        let surrogates = Reported::<String>::from(Text::from_bytes_escaped(b"\xff"));
        assert!(matches!(surrogates, Reported::Other(_)));
    }
}
