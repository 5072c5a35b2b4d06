//! The allowlist: addresses and networks that fail2ban must never ban, because a user of BanGUI said so.

use std::fmt;

use ipnet::IpNet;

use super::{JailName, Target, Timestamp};

/// The number of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AllowId(pub i64);

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowSpec {
    /// The address or network.
    pub target: Target,
    /// Only in this jail; `None` means every jail, those that come later too.
    pub jail: Option<JailName>,
    /// Why.
    pub note: Option<String>,
    /// The user who made it.
    pub by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None` if it does not.
    pub until: Option<Timestamp>,
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowEntry {
    /// Its number.
    pub id: AllowId,
    /// What it says.
    pub spec: AllowSpec,
}

impl AllowSpec {
    /// The most entries that are kept: each costs fail2ban a comparison for every failure of every jail.
    pub const MOST: usize = 1_000;
    /// The shortest IPv4 prefix.
    pub const SHORTEST_V4: u8 = 8;
    /// The shortest IPv6 prefix.
    pub const SHORTEST_V6: u8 = 16;

    /// Whether its network is so wide that it would turn protection off.
    pub fn is_too_wide(&self) -> bool {
        let net = self.target.as_net();
        let limit = if matches!(net, IpNet::V4(_)) { Self::SHORTEST_V4 } else { Self::SHORTEST_V6 };
        net.prefix_len() < limit
    }

    /// Whether it holds in this jail.
    pub fn holds_in(&self, jail: &JailName) -> bool {
        self.jail.as_ref().is_none_or(|own| own == jail)
    }

    /// Whether it has ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

impl fmt::Display for AllowSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.jail {
            Some(jail) => write!(f, "{} in jail {jail}", self.target),
            None => write!(f, "{} in every jail", self.target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AllowSpec, Target, Timestamp};

    #[test]
    fn networks_that_turn_protection_off_are_told_from_others() {
        for (text, too_wide) in [
            ("0.0.0.0/0", true),
            ("::/0", true),
            ("10.0.0.0/7", true),
            ("10.0.0.0/8", false),
            ("2000::/15", true),
            ("2001::/16", false),
            ("203.0.113.7", false),
        ] {
            let target = Target::parse(text).expect("a target");
            let (by, created_at) = ("alice".to_owned(), Timestamp::from_secs(0));
            let spec = AllowSpec { target, jail: None, note: None, by, created_at, until: None };
            assert_eq!(spec.is_too_wide(), too_wide, "{text}");
        }
    }
}
