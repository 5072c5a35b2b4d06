//! The version that the server reports, and the versions that the tests of this crate run against.

use std::fmt;

/// A version such as `1.0.2` or `1.1.2.dev1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// The versions of fail2ban that this crate and BanGUI are tested with, oldest first. `cargo xtask test servers` runs
    /// each of them.
    pub const TESTED: [&'static str; 4] = ["0.11.2", "1.0.2", "1.1.0", "1.1.1"];

    /// The oldest version that is tested.
    pub fn oldest_tested() -> Self {
        let [oldest, ..] = Self::TESTED;
        Self::new(oldest)
    }

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

    /// Whether it comes before `other`. A version that is no number is taken for a recent one.
    pub fn is_older_than(&self, other: &Self) -> bool {
        let numbers = self.numbers();
        !numbers.is_empty() && numbers < other.numbers()
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

    #[test]
    fn the_tested_versions_stand_in_order() {
        assert!(Version::TESTED.map(Version::new).is_sorted_by(Version::is_older_than));
        for old in ["0.11.1", "0.11", "0.11.1.dev1", "0.10.6", "0"] {
            assert!(Version::new(old).is_older_than(&Version::oldest_tested()), "{old}");
        }
        for not in ["0.11.2", "0.11.2.dev3", "0.11.3", "1.0", "2", "strange", ""] {
            assert!(!Version::new(not).is_older_than(&Version::oldest_tested()), "{not}");
        }
    }
}
