//! The version that the server reports. It is shown and compared, but never decides whether a command may be sent.

use std::fmt;

/// A version such as `1.0.2` or `1.1.2.dev1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// Takes the server's text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The server's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The leading numbers: `[1, 1, 2]` for `1.1.2.dev1`.
    pub fn numbers(&self) -> Vec<u32> {
        self.0.split('.').map_while(|part| part.parse().ok()).collect()
    }

    /// Whether it is this version or a later one.
    pub fn at_least(&self, major: u32, minor: u32) -> bool {
        let numbers = self.numbers();
        let (Some(own_major), own_minor) = (numbers.first(), numbers.get(1).unwrap_or(&0)) else {
            return false;
        };
        (own_major, own_minor) >= (&major, &minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn compares_by_numbers() {
        assert!(Version::new("1.1.2.dev1").at_least(1, 1));
        assert!(Version::new("1.10.0").at_least(1, 9));
        assert!(!Version::new("1.0.2").at_least(1, 1));
        assert!(Version::new("2").at_least(1, 1));
        assert!(Version::new("2").at_least(2, 0));
        assert!(!Version::new("strange").at_least(0, 1));
    }
}
