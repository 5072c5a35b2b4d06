//! The name of a jail, checked so that the server cannot take it for something else.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::codec::Text;
use crate::frame::END;

/// Words that `get` and `set` take for settings of the server: `set dbfile unbanip` would change the database.
const SERVER_WORDS: [&str; 8] =
    ["loglevel", "logtarget", "syslogsocket", "thread", "dbfile", "dbmaxmatches", "dbpurgeage", "allowipv6"];

/// The name of a jail. Any printable text of up to 200 bytes, blanks and commas included, because what exists must be
/// reachable; but no option of a command and no word that the server takes for a setting of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JailName(String);

/// Why a text cannot name a jail.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JailNameError {
    /// No text.
    #[error("a jail name must not be empty")]
    Empty,
    /// Longer than [`JailName::MAX_BYTES`].
    #[error("a jail name has at most {} bytes, this one has {length}", JailName::MAX_BYTES)]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Control characters, or bytes that are not UTF-8.
    #[error("the jail name {name:?} has characters that cannot be shown")]
    Unprintable {
        /// The name, with escapes.
        name: String,
    },
    /// The server would take it for an option, for a setting of its own, or for the end of the request.
    #[error(
        "{name:?} cannot name a jail in a command: fail2ban takes it for an option, a setting of the server or the end of \
         the request"
    )]
    Reserved {
        /// The name.
        name: String,
    },
}

impl JailName {
    /// The longest name, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 200;

    /// Checks a name.
    ///
    /// # Errors
    /// Empty, too long, not printable, beginning with `--`, a setting of the server, or with the end marker in it.
    pub fn new(name: impl Into<String>) -> Result<Self, JailNameError> {
        let name = name.into();
        if name.is_empty() {
            return Err(JailNameError::Empty);
        }
        if name.len() > Self::MAX_BYTES {
            return Err(JailNameError::TooLong { length: name.len() });
        }
        if name.chars().any(char::is_control) {
            return Err(JailNameError::Unprintable { name });
        }
        let marked = name.as_bytes().windows(END.len()).any(|window| window == END);
        if name.starts_with("--") || SERVER_WORDS.contains(&name.as_str()) || marked {
            return Err(JailNameError::Reserved { name });
        }
        Ok(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JailName {
    type Err = JailNameError;

    fn from_str(text: &str) -> Result<Self, JailNameError> {
        Self::new(text)
    }
}

impl TryFrom<&Text> for JailName {
    type Error = JailNameError;

    fn try_from(text: &Text) -> Result<Self, JailNameError> {
        let name = text.as_str().ok_or_else(|| JailNameError::Unprintable { name: text.to_string() })?;
        Self::new(name)
    }
}

impl AsRef<str> for JailName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JailName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_exist_are_taken() {
        for name in ["sshd", "weird name, x", "né", "a", "-x", &"x".repeat(200)] {
            assert_eq!(JailName::new(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn names_that_mean_something_else_are_refused() {
        assert_eq!(JailName::new(""), Err(JailNameError::Empty));
        assert_eq!(JailName::new("x".repeat(201)), Err(JailNameError::TooLong { length: 201 }));
        for name in ["--all", "--with-time", "dbfile", "loglevel", "a<F2B_END_COMMAND>b"] {
            assert!(matches!(JailName::new(name), Err(JailNameError::Reserved { .. })), "{name}");
        }
        for name in ["a\nb", "\0", "a\u{7f}"] {
            assert!(matches!(JailName::new(name), Err(JailNameError::Unprintable { .. })), "{name:?}");
        }
    }
}
