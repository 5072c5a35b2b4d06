//! The largest groups.

use bangui_domain::model::{Group, Period};
use bangui_domain::service::{RankedRow, Ranking};
use serde::Serialize;
use utoipa::ToSchema;

use super::params::TopBy;
use crate::wire::Network;
use crate::wire::time::rfc3339;
use crate::wire::word::Special;

/// The largest groups of a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryTop {
    /// The first moment that is counted.
    #[schema(format = DateTime)]
    since: String,
    /// The first moment behind.
    #[schema(format = DateTime)]
    until: String,
    /// What the rows stand for.
    by: TopBy,
    /// Those with the most bans, the largest first.
    rows: Vec<HistoryTopRow>,
    /// How many groups there are in all.
    groups: u64,
    /// The bans of all groups.
    bans: u64,
}

/// A group of bans.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryTopRow {
    /// The group: an address, a network (`AS64500`, `unknown`), a country (`NL`, `private`, `unknown`), a jail or an
    /// origin.
    #[schema(example = "203.0.113.7")]
    key: String,
    /// The network's name.
    label: Option<String>,
    /// The country of an address (`NL`, `private`, `unknown`); null for other groups.
    #[schema(example = "NL")]
    country: Option<String>,
    /// What it is for, if it is not on the Internet; null for others, and for other groups.
    special: Option<Special>,
    /// The network of an address, where known.
    network: Option<Network>,
    /// Its bans.
    bans: u64,
    /// Its different addresses.
    addresses: u64,
    /// Its bans in the period of the same length before.
    before: u64,
}

impl From<RankedRow> for HistoryTopRow {
    fn from(RankedRow { row, before }: RankedRow) -> Self {
        let place = match &row.group {
            Group::Address(_, place) => Some(place),
            _ => None,
        };
        let special = match &row.group {
            Group::Address(id, _) => Special::of(id),
            _ => None,
        };
        Self {
            key: row.group.key(),
            label: label(&row.group),
            country: place.map(|place| place.country.to_string()),
            special,
            network: place.and_then(|place| place.network.as_ref()).map(Network::from),
            bans: row.bans,
            addresses: row.addresses,
            before,
        }
    }
}

impl HistoryTop {
    pub(crate) fn new(period: Period, by: TopBy, ranking: Ranking) -> Self {
        Self {
            since: rfc3339(period.since),
            until: rfc3339(period.until),
            by,
            rows: ranking.rows.into_iter().map(HistoryTopRow::from).collect(),
            groups: ranking.groups,
            bans: ranking.bans,
        }
    }
}

/// The name of a network.
pub(super) fn label(group: &Group) -> Option<String> {
    match group {
        Group::Network(network) => network.as_ref()?.name.clone(),
        _ => None,
    }
}
