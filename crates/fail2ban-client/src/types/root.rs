//! Texts and files that the server runs as root, by design of fail2ban. Their types make whoever passes one on say so.

use std::fmt;

use super::server_path::ServerPath;

/// A text that the server hands to a shell as root, in full or as a part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RootCommand(String);

impl RootCommand {
    /// Makes it. Nothing in the text is checked or escaped: whoever chooses it is root on fail2ban's host. Never a
    /// place for what a user typed.
    pub fn run_as_root(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RootCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A file of Python that the server loads and runs as root.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PythonFile(ServerPath);

impl PythonFile {
    /// Makes it. Whoever chooses the path, or may write the file, is root on fail2ban's host.
    pub fn run_as_root(path: ServerPath) -> Self {
        Self(path)
    }

    /// Where it lies.
    pub fn path(&self) -> &ServerPath {
        &self.0
    }
}
