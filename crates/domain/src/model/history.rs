//! Questions about the history of bans, and their answers. All count bans; their ends are events of their own, and only
//! lists tell them.

use super::{
    ActiveBan, Asn, BanId, BanTime, Country, EventKind, JailName, Network, Origin, Place, ServerId, Target,
    Timestamp,
};

/// A stretch of time: from `since` on, and before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first millisecond.
    pub since: Timestamp,
    /// The first millisecond behind it.
    pub until: Timestamp,
}

impl Period {
    /// As long as this one, and ending where it begins.
    #[must_use]
    pub fn before(self) -> Self {
        let length = self.until.millis_since(self.since);
        Self { since: self.since.plus_millis(length.saturating_neg()), until: self.since }
    }
}

/// What is wanted of one property: one of these, and none of those. Empty lists ask for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<T> {
    /// One of these; all, where there are none.
    pub any_of: Vec<T>,
    /// None of these.
    pub none_of: Vec<T>,
}

impl<T> Default for Choice<T> {
    fn default() -> Self {
        Self { any_of: Vec::new(), none_of: Vec::new() }
    }
}

impl<T: PartialEq> Choice<T> {
    /// Whether anything is asked for.
    pub fn is_free(&self) -> bool {
        self.any_of.is_empty() && self.none_of.is_empty()
    }

    /// Whether a value is one that is wanted.
    pub fn admits(&self, value: &T) -> bool {
        (self.any_of.is_empty() || self.any_of.contains(value)) && !self.none_of.contains(value)
    }
}

/// Which part of the history is meant. Everything in it has to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Of this fail2ban server.
    pub server: ServerId,
    /// In these jails.
    pub jails: Choice<JailName>,
    /// That came about in these ways.
    pub origins: Choice<Origin>,
    /// From these countries.
    pub countries: Choice<Country>,
    /// From these networks; `None` is an unknown one.
    pub networks: Choice<Option<Asn>>,
    /// Addresses in these addresses or networks, and networks that contain them.
    pub targets: Choice<Target>,
    /// Only bans, or only their ends. Questions that count are about bans alone and do not look at it.
    pub kind: Option<EventKind>,
    /// Where address, jail, reason or user contain each of these texts, upper and lower case alike.
    pub texts: Vec<String>,
}

impl HistoryFilter {
    /// The whole history of `server`.
    pub fn of(server: ServerId) -> Self {
        Self {
            server,
            jails: Choice::default(),
            origins: Choice::default(),
            countries: Choice::default(),
            networks: Choice::default(),
            targets: Choice::default(),
            kind: None,
            texts: Vec::new(),
        }
    }
}

/// By what bans are told apart and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// The jail.
    Jail,
    /// How the ban came about.
    Origin,
    /// The country of the address.
    Country,
    /// The network of the address.
    Network,
    /// The address itself.
    Address,
}

/// A group of bans.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Group {
    /// Of this jail.
    Jail(JailName),
    /// That came about this way.
    Origin(Origin),
    /// From this country.
    Country(Country),
    /// From this network; `None` where it is not known.
    Network(Option<Network>),
    /// Of this address, which is there.
    Address(BanId, Place),
}

impl Group {
    /// What tells the group from others of its dimension, as the query language writes it.
    pub fn key(&self) -> String {
        match self {
            Self::Jail(jail) => jail.to_string(),
            Self::Origin(origin) => origin.as_str().to_owned(),
            Self::Country(country) => country.to_string(),
            Self::Network(Some(network)) => network.asn.to_string(),
            Self::Network(None) => super::search::UNKNOWN.to_owned(),
            Self::Address(id, _) => id.to_string(),
        }
    }
}

/// Bans over time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    /// One for each group that has bans, the one with the most first; a count for each stretch of time.
    pub series: Vec<(Group, Vec<u64>)>,
}

/// The bans of a stretch of time, summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Bans.
    pub bans: u64,
    /// Different addresses.
    pub addresses: u64,
    /// Addresses that were banned more than once in it.
    pub repeaters: u64,
    /// Different networks, of addresses whose network is known.
    pub networks: u64,
    /// Different countries, of addresses whose country is known.
    pub countries: u64,
    /// The first ban; `None` if there is none.
    pub first: Option<Timestamp>,
    /// The last ban.
    pub last: Option<Timestamp>,
}

/// A group in a list of the largest ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopRow {
    /// The group.
    pub group: Group,
    /// Its bans.
    pub bans: u64,
    /// Its different addresses.
    pub addresses: u64,
}

/// The largest groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Top {
    /// Those with the most bans, the largest first; ties in an order that stays the same.
    pub rows: Vec<TopRow>,
    /// How many groups there are in all.
    pub groups: u64,
    /// The bans of all groups.
    pub bans: u64,
}

/// An address that was banned more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offender {
    /// The address.
    pub id: BanId,
    /// Where it is.
    pub place: Place,
    /// Its bans in the time that was asked for.
    pub bans: u64,
    /// What each jail that banned it did, by name. Jails ban for different lengths, so that only bans of one jail tell whether
    /// fail2ban escalates.
    pub jails: Vec<OffenderJail>,
    /// The first of these bans.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
    /// Whether it is banned now.
    pub banned_now: bool,
}

/// How one jail has banned an address in the time that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffenderJail {
    /// The jail.
    pub jail: JailName,
    /// Its first ban.
    pub first: Timestamp,
    /// Its last ban.
    pub last: Timestamp,
    /// How long the first lasted or was to last.
    pub first_bantime: BanTime,
    /// How long the last lasts or was to last: longer than the first where fail2ban escalates.
    pub last_bantime: BanTime,
    /// The count of bans that fail2ban told with the last one; `None` where it told none.
    pub ban_count: Option<u32>,
}

/// What an address did in one jail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressJail {
    /// The jail.
    pub jail: JailName,
    /// Its bans there.
    pub bans: u64,
    /// Failures that led to them, as far as known; `None` where no ban's failures are known, which is not the same as none.
    pub failures: Option<u64>,
    /// The first ban.
    pub first: Timestamp,
    /// The last ban.
    pub last: Timestamp,
    /// The longest ban.
    pub longest: BanTime,
    /// The highest count of bans that fail2ban told, where it told one.
    pub ban_count: Option<u32>,
}

/// Everything about one address, or about a network: itself, and whatever lies within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressStory {
    /// The address, in its canonical spelling.
    pub id: BanId,
    /// Where it is.
    pub place: Place,
    /// The name that it has in the DNS, where that was asked for and known.
    pub host: Option<String>,
    /// What it did, the jail with the most bans first; empty for an address that was never banned.
    pub jails: Vec<AddressJail>,
    /// How many different addresses and networks within a network were banned, itself among them; `None` for an address.
    pub within: Option<u64>,
    /// Bans of wider networks that contain it, which are not in `jails`.
    pub around: u64,
    /// Its bans that are in force and those of networks around it, all of them; then those of what lies within it, the newest
    /// first, at most 500.
    pub active: Vec<ActiveBan>,
    /// Whether more bans are in force within it than `active` has.
    pub more: bool,
    /// Bans of its neighbours (the same /24 of IPv4 or /64 of IPv6; for a network, what lies within it), the most first, itself
    /// left out; at most 20.
    pub neighbours: Vec<(BanId, u64)>,
}

/// What fail2ban remembered of a ban's cause.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matches {
    /// The log lines that matched, oldest first, as they were in the log. Whatever an attacker wrote is in them.
    pub lines: Vec<String>,
    /// Whether lines were left out or cut because there were too many or they were too long.
    pub cut: bool,
}
