//! Addresses that were banned more than once.

use bangui_domain::model::{Offender, OffenderJail, Period};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::Network;
use crate::wire::time::rfc3339;
use crate::wire::word::Special;

/// Addresses that were banned more than once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryOffenders {
    /// The first moment that is counted.
    #[schema(format = DateTime)]
    since: String,
    /// The first moment behind.
    #[schema(format = DateTime)]
    until: String,
    /// Those with the most bans first.
    items: Vec<HistoryOffender>,
}

/// An address that was banned more than once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryOffender {
    /// The address, in its canonical spelling.
    #[schema(example = "203.0.113.7")]
    ip: String,
    /// Its country: `NL`, `private` or `unknown`.
    #[schema(example = "NL")]
    country: String,
    /// What it is for, if it is not on the Internet; null for others.
    special: Option<Special>,
    /// Its network, where known.
    network: Option<Network>,
    /// Its bans.
    bans: u64,
    /// What each jail that banned it did, by name. Jails ban for different lengths: only those of one jail can be compared.
    jails: Vec<HistoryOffenderJail>,
    /// The first of these bans.
    #[schema(format = DateTime)]
    first: String,
    /// The last of them.
    #[schema(format = DateTime)]
    last: String,
    /// Whether it is banned now.
    banned_now: bool,
}

/// How one jail has banned an address in this time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryOffenderJail {
    /// The jail.
    #[schema(example = "sshd")]
    jail: String,
    /// The first of its bans.
    #[schema(format = DateTime)]
    first: String,
    /// The last of them.
    #[schema(format = DateTime)]
    last: String,
    /// The length of the first in seconds; -1 for a permanent one.
    first_bantime: i64,
    /// The length of the last: longer where fail2ban escalates.
    last_bantime: i64,
    /// The count of bans that fail2ban told with the last one; null where it told none.
    ban_count: Option<u32>,
}

impl From<OffenderJail> for HistoryOffenderJail {
    fn from(jail: OffenderJail) -> Self {
        Self {
            jail: jail.jail.to_string(),
            first: rfc3339(jail.first),
            last: rfc3339(jail.last),
            first_bantime: jail.first_bantime.as_fail2ban(),
            last_bantime: jail.last_bantime.as_fail2ban(),
            ban_count: jail.ban_count,
        }
    }
}

impl From<Offender> for HistoryOffender {
    fn from(offender: Offender) -> Self {
        Self {
            ip: offender.id.to_string(),
            country: offender.place.country.to_string(),
            special: Special::of(&offender.id),
            network: offender.place.network.as_ref().map(Network::from),
            bans: offender.bans,
            jails: offender.jails.into_iter().map(HistoryOffenderJail::from).collect(),
            first: rfc3339(offender.first),
            last: rfc3339(offender.last),
            banned_now: offender.banned_now,
        }
    }
}

impl HistoryOffenders {
    pub(crate) fn new(period: Period, offenders: Vec<Offender>) -> Self {
        Self {
            since: rfc3339(period.since),
            until: rfc3339(period.until),
            items: offenders.into_iter().map(HistoryOffender::from).collect(),
        }
    }
}
