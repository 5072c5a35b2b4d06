//! The names that the query language knows.

/// What a value is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// The jail.
    Jail,
    /// An address or network that is, holds, or lies in what was banned.
    Ip,
    /// The country of the address.
    Country,
    /// The network of the address, by its number, or that it is not known.
    Network,
    /// How it came about.
    Origin,
    /// Ban, or end of a ban.
    Kind,
    /// The beginning of the time that is asked for.
    Since,
    /// The end of it.
    Until,
}

impl Name {
    /// Every name, in the order in which they are printed and proposed.
    pub const ALL: [Self; 8] = [
        Self::Jail,
        Self::Ip,
        Self::Country,
        Self::Network,
        Self::Origin,
        Self::Kind,
        Self::Since,
        Self::Until,
    ];

    /// The name as it is written before the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jail => "jail",
            Self::Ip => "ip",
            Self::Country => "country",
            Self::Network => "network",
            Self::Origin => "origin",
            Self::Kind => "kind",
            Self::Since => "since",
            Self::Until => "until",
        }
    }

    /// Reads a name, in upper or lower case; `asn` is another word for `network`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("asn") {
            return Some(Self::Network);
        }
        Self::ALL.into_iter().find(|name| name.as_str().eq_ignore_ascii_case(text))
    }

    /// What can be written behind it, by examples.
    pub const fn examples(self) -> &'static str {
        match self {
            Self::Jail => "sshd",
            Self::Ip => "203.0.113.7 or 203.0.113.0/24",
            Self::Country => "NL, private or unknown",
            Self::Network => "AS64500 or unknown",
            Self::Origin => "detected, manual, restored or expired",
            Self::Kind => "ban or unban",
            Self::Since => "7d, 12h, 2026-11-01 or all",
            Self::Until => "1d, 2026-11-01 or 2026-11-01T12:00",
        }
    }
}
