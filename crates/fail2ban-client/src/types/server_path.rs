//! A path on the server's file system.

use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use thiserror::Error;

use crate::codec::Text;

/// An absolute path, as the server sees its file system. It need not be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerPath(PathBuf);

/// Why a path cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ServerPathError {
    /// It does not begin with a slash: the server would look for it in its own directory, or take it for a word.
    #[error("the path {path:?} is not absolute; fail2ban needs one that begins with /")]
    Relative {
        /// The path.
        path: PathBuf,
    },
    /// Control characters.
    #[error("the path {path:?} contains control characters")]
    Unprintable {
        /// The path.
        path: PathBuf,
    },
    /// Longer than [`ServerPath::MAX_BYTES`].
    #[error("a path has at most {} bytes, this one has {length}", ServerPath::MAX_BYTES)]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
}

impl ServerPath {
    /// The longest path, in bytes: what Linux allows.
    pub const MAX_BYTES: usize = 4096;

    /// Checks a path. Whether it exists, only the server knows.
    ///
    /// # Errors
    /// Relative, too long, or with control characters.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self, ServerPathError> {
        let path = path.into();
        let bytes = path.as_os_str().as_bytes();
        if bytes.len() > Self::MAX_BYTES {
            return Err(ServerPathError::TooLong { length: bytes.len() });
        }
        if !bytes.starts_with(b"/") {
            return Err(ServerPathError::Relative { path });
        }
        if bytes.iter().any(u8::is_ascii_control) {
            return Err(ServerPathError::Unprintable { path });
        }
        Ok(Self(path))
    }

    /// The path.
    pub fn as_path(&self) -> &Path {
        &self.0
    }

    /// The path as the server writes it, with surrogates for bytes that are not UTF-8.
    pub fn to_text(&self) -> Text {
        self.to_text_between("", "")
    }

    pub(super) fn to_text_between(&self, before: &str, behind: &str) -> Text {
        Text::from_bytes_escaped(
            &[before.as_bytes(), self.0.as_os_str().as_bytes(), behind.as_bytes()].concat(),
        )
    }
}

impl FromStr for ServerPath {
    type Err = ServerPathError;

    fn from_str(text: &str) -> Result<Self, ServerPathError> {
        Self::new(text)
    }
}

impl TryFrom<&Text> for ServerPath {
    type Error = ServerPathError;

    fn try_from(text: &Text) -> Result<Self, ServerPathError> {
        Self::new(text.to_path())
    }
}

impl fmt::Display for ServerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_would_be_something_else_are_refused() {
        for path in ["", "None", "auto", "var/log", "~/x"] {
            assert!(matches!(ServerPath::new(path), Err(ServerPathError::Relative { .. })), "{path}");
        }
        assert!(matches!(ServerPath::new("/a\nb"), Err(ServerPathError::Unprintable { .. })));
        assert!(matches!(ServerPath::new("/x".repeat(4096)), Err(ServerPathError::TooLong { length: 8192 })));
    }

    #[test]
    fn bytes_that_are_not_utf8_come_back() {
        let text = Text::from_bytes_escaped(b"/var/log/n\xff\xe9.log");
        assert_eq!(ServerPath::try_from(&text).unwrap().to_text(), text);
    }
}
