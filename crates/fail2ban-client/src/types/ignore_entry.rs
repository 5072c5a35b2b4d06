//! What a jail never bans.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::address::Address;
use super::server_path::ServerPath;

/// An entry of a jail's list of what its filter ignores.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IgnoreEntry {
    /// An address or a network.
    Address(Address),
    /// A host name, which the server looks up.
    Name(HostName),
    /// A file of entries, which the server reads again when it changes. From fail2ban 1.1.1 on.
    File(ServerPath),
}

/// The name of a host: letters, digits, dots, dashes and underscores.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName(String);

/// Not something that can be ignored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is neither an address nor a network, a host name or file:/PATH")]
pub struct IgnoreEntryError {
    text: String,
}

fn refused(text: &str) -> IgnoreEntryError {
    IgnoreEntryError { text: text.chars().take(80).collect() }
}

impl HostName {
    /// Checks a name. It has at most 253 characters and at least one letter.
    ///
    /// # Errors
    /// It has another form.
    pub fn new(name: impl Into<String>) -> Result<Self, IgnoreEntryError> {
        let name = name.into();
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let good = name.len() <= 253
            && name.chars().all(allowed)
            && name.chars().any(char::is_alphabetic)
            && !name.starts_with(['-', '.']);
        if good { Ok(Self(name)) } else { Err(refused(&name)) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Address> for IgnoreEntry {
    fn from(address: Address) -> Self {
        Self::Address(address)
    }
}

impl FromStr for IgnoreEntry {
    type Err = IgnoreEntryError;

    fn from_str(text: &str) -> Result<Self, IgnoreEntryError> {
        if let Some(path) = text.strip_prefix("file:") {
            return path.parse().map(Self::File).map_err(|_| refused(text));
        }
        match text.parse() {
            Ok(address) => Ok(Self::Address(address)),
            Err(_) => HostName::new(text).map(Self::Name),
        }
    }
}

impl fmt::Display for IgnoreEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Name(name) => f.pad(&name.0),
            Self::File(path) => write!(f, "file:{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_reads_what_it_prints() {
        for text in ["192.0.2.1", "2001:db8::/32", "example.com", "my_host", "file:/etc/f2b/ignore"] {
            assert_eq!(text.parse::<IgnoreEntry>().unwrap().to_string(), text);
        }
        for text in ["", "file:", "file:x", "--all", "10.0.0.1/33", "a b", "foo/bar", "1.2.3", "192.0.2.9/24"]
        {
            assert!(text.parse::<IgnoreEntry>().is_err(), "{text:?}");
        }
    }
}
