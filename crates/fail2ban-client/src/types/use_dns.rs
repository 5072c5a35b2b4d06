//! Whether a jail looks up host names.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What a jail does with a host name where an address is expected. It decides what `<HOST>` matches in expressions
/// that are added afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum UseDns {
    /// It asks the name servers.
    Yes,
    /// It asks the name servers, and writes a warning.
    #[default]
    Warn,
    /// The name is not matched.
    No,
    /// The name itself is banned.
    Raw,
}

/// Not a word for looking up host names.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} does not say whether host names are looked up; it is yes, warn, no or raw")]
pub struct UseDnsError {
    text: String,
}

impl UseDns {
    /// Every value.
    pub const ALL: [Self; 4] = [Self::Yes, Self::Warn, Self::No, Self::Raw];

    /// fail2ban's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Warn => "warn",
            Self::No => "no",
            Self::Raw => "raw",
        }
    }
}

impl FromStr for UseDns {
    type Err = UseDnsError;

    fn from_str(text: &str) -> Result<Self, UseDnsError> {
        let found = Self::ALL.into_iter().find(|value| value.as_str() == text);
        found.ok_or_else(|| UseDnsError { text: text.chars().take(80).collect() })
    }
}

impl fmt::Display for UseDns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for value in UseDns::ALL {
            assert_eq!(value.to_string().parse(), Ok(value));
        }
        assert!("Yes".parse::<UseDns>().unwrap_err().to_string().contains("yes, warn, no or raw"));
    }
}
