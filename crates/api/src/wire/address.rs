//! Everything about one address.

use bangui_domain::model::{AddressJail as Jail, AddressStory};
use serde::Serialize;
use utoipa::ToSchema;

use super::Network;
use super::ban::Ban;
use super::time::rfc3339;
use super::word::Special;

/// What an address or network has done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddressResponse {
    /// The address or network, in its canonical spelling.
    #[schema(example = "203.0.113.7")]
    ip: String,
    /// Its country: `NL`, `private` or `unknown`.
    #[schema(example = "NL")]
    country: String,
    /// What it is for, if it is not on the Internet; null for others.
    special: Option<Special>,
    /// Its network, where known.
    network: Option<Network>,
    /// Its name in the DNS, where that was asked for and known.
    host: Option<String>,
    /// Its bans in all jails; 0 if it was never banned. Of a network: its own, and those of everything that lies within it.
    bans: u64,
    /// How many different addresses and networks were banned within a network, itself among them; null for an address.
    within: Option<u64>,
    /// Bans of wider networks that contain it, which are not in `bans`.
    around: u64,
    /// The first ban.
    #[schema(format = DateTime)]
    first: Option<String>,
    /// The last ban.
    #[schema(format = DateTime)]
    last: Option<String>,
    /// What it did in each jail, the one with the most bans first.
    jails: Vec<AddressJail>,
    /// Bans in force: its own and those of networks around it, all of them; then those of what lies within it, the newest
    /// first, at most 500.
    active: Vec<Ban>,
    /// Whether more bans are in force within it than `active` has.
    more: bool,
    /// Bans of its neighbours (the same /24 of IPv4 or /64 of IPv6), or of what lies within a network, the most first; at most
    /// 20.
    neighbours: Vec<AddressNeighbour>,
}

/// What an address did in one jail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddressJail {
    /// The jail.
    #[schema(example = "sshd")]
    jail: String,
    /// Its bans there.
    bans: u64,
    /// Failures that led to them, as far as known; null where they are known of no ban.
    failures: Option<u64>,
    /// The first ban.
    #[schema(format = DateTime)]
    first: String,
    /// The last ban.
    #[schema(format = DateTime)]
    last: String,
    /// The longest ban in seconds; -1 for a permanent one.
    longest: i64,
    /// The highest count of bans that fail2ban told, where it told one.
    ban_count: Option<u32>,
}

/// A neighbour that was banned.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddressNeighbour {
    /// The address, in its canonical spelling.
    #[schema(example = "203.0.113.8")]
    ip: String,
    /// Its bans.
    bans: u64,
}

impl From<&Jail> for AddressJail {
    fn from(jail: &Jail) -> Self {
        Self {
            jail: jail.jail.to_string(),
            bans: jail.bans,
            failures: jail.failures,
            first: rfc3339(jail.first),
            last: rfc3339(jail.last),
            longest: jail.longest.as_fail2ban(),
            ban_count: jail.ban_count,
        }
    }
}

impl From<AddressStory> for AddressResponse {
    fn from(story: AddressStory) -> Self {
        let jails = &story.jails;
        Self {
            ip: story.id.to_string(),
            country: story.place.country.to_string(),
            special: Special::of(&story.id),
            network: story.place.network.as_ref().map(Network::from),
            host: story.host,
            bans: jails.iter().map(|jail| jail.bans).sum(),
            first: jails.iter().map(|jail| jail.first).min().map(rfc3339),
            last: jails.iter().map(|jail| jail.last).max().map(rfc3339),
            within: story.within,
            around: story.around,
            jails: jails.iter().map(AddressJail::from).collect(),
            active: story.active.into_iter().map(Ban::from).collect(),
            more: story.more,
            neighbours: story
                .neighbours
                .into_iter()
                .map(|(id, bans)| AddressNeighbour { ip: id.to_string(), bans })
                .collect(),
        }
    }
}
