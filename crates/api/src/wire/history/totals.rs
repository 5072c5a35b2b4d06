//! Sums, beside those of the period before.

use bangui_domain::service::{Compared, Sums};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::time::rfc3339;

/// The sums of a period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryTotals {
    /// The first moment that is counted.
    #[schema(format = DateTime)]
    since: String,
    /// The first moment behind.
    #[schema(format = DateTime)]
    until: String,
    /// Bans.
    bans: u64,
    /// Different addresses.
    addresses: u64,
    /// Addresses that were banned more than once.
    repeaters: u64,
    /// Different networks, of addresses whose network is known.
    networks: u64,
    /// Different countries, of addresses whose country is known.
    countries: u64,
    /// The first ban of the period.
    #[schema(format = DateTime)]
    first: Option<String>,
    /// The last ban of the period.
    #[schema(format = DateTime)]
    last: Option<String>,
    /// The period of the same length before.
    before: HistorySums,
    /// The bans that such a period usually has: the median of the seven before, of which those count that were watched;
    /// null if they are fewer than three.
    usual_bans: Option<u64>,
}

/// The sums of the period before.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistorySums {
    /// The first moment that is counted.
    #[schema(format = DateTime)]
    since: String,
    /// The first moment behind.
    #[schema(format = DateTime)]
    until: String,
    /// Bans.
    bans: u64,
    /// Different addresses.
    addresses: u64,
    /// Addresses that were banned more than once.
    repeaters: u64,
    /// Different networks.
    networks: u64,
    /// Different countries.
    countries: u64,
}

impl From<Sums> for HistorySums {
    fn from(Sums { period, totals }: Sums) -> Self {
        Self {
            since: rfc3339(period.since),
            until: rfc3339(period.until),
            bans: totals.bans,
            addresses: totals.addresses,
            repeaters: totals.repeaters,
            networks: totals.networks,
            countries: totals.countries,
        }
    }
}

impl From<Compared> for HistoryTotals {
    fn from(Compared { now: Sums { period, totals }, before, usual_bans }: Compared) -> Self {
        Self {
            since: rfc3339(period.since),
            until: rfc3339(period.until),
            bans: totals.bans,
            addresses: totals.addresses,
            repeaters: totals.repeaters,
            networks: totals.networks,
            countries: totals.countries,
            first: totals.first.map(rfc3339),
            last: totals.last.map(rfc3339),
            before: before.into(),
            usual_bans,
        }
    }
}
