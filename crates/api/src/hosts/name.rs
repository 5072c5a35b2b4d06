//! A name under which the server is reached. The one place that knows how names are spelled.

use std::str::FromStr;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// A name without scheme, port or path: in small letters, and without the dot that may end it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no name of a host.
#[derive(Debug, Error)]
#[error("is no name of a host: write it alone, without scheme, port or path, as in ban.example")]
pub struct HostNameError;

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<Self, HostNameError> {
        let name = text.strip_suffix('.').unwrap_or(text);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let whole = (1..=253).contains(&name.len()) && name.bytes().all(fits);
        if whole && name.split('.').all(|label| !label.is_empty()) {
            Ok(Self(name.to_ascii_lowercase()))
        } else {
            Err(HostNameError)
        }
    }
}

impl Serialize for HostName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::HostName;

    #[test]
    fn a_name_stands_alone() {
        for (text, name) in
            [("Ban.Example", "ban.example"), ("bangui", "bangui"), ("a_b.example.", "a_b.example")]
        {
            assert_eq!(text.parse::<HostName>().expect(text).as_str(), name);
        }
        for text in [
            "https://ban.example",
            "ban.example:443",
            "ban.example/x",
            "*.example",
            "",
            ".",
            "a..b",
            "[::1]",
            "bän.example",
        ] {
            assert!(text.parse::<HostName>().is_err(), "{text}");
        }
    }
}
