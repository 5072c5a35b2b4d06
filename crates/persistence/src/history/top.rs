//! Sums, and the largest groups.

use bangui_domain::model::{
    Dimension, HistoryFilter, Offender, Origin, Period, Timestamp, Top, TopRow, Totals,
};

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use super::details::{self, groups};
use super::memory::Memory;
use super::packs::Kind;
use super::places::PlaceTable;
use super::scan::{Hit, Scan, Sink, seconds};
use super::sieve::{Bits, Sieve};
use crate::connection::{AnyConnection, TxError};

/// Counts bans by address: a number for each address there is, since that is quicker than to look for those that have
/// some.
struct ByAddress {
    counts: Vec<u32>,
    bans: u64,
    first: i64,
    last: i64,
}

impl Default for ByAddress {
    fn default() -> Self {
        Self { counts: Vec::new(), bans: 0, first: i64::MAX, last: i64::MIN }
    }
}

impl Sink for ByAddress {
    fn hit(&mut self, hit: Hit) {
        let Ok(place) = usize::try_from(hit.address) else { return };
        if place >= self.counts.len() {
            self.counts.resize((place + 1).next_power_of_two(), 0);
        }
        if let Some(count) = self.counts.get_mut(place) {
            *count = count.saturating_add(1);
        }
        self.bans += 1;
        self.first = self.first.min(hit.at);
        self.last = self.last.max(hit.at);
    }
}

impl ByAddress {
    /// The addresses that have bans, and how many.
    fn found(&self) -> impl Iterator<Item = (u32, u64)> {
        (0_u32..)
            .zip(&self.counts)
            .filter(|(_, count)| **count > 0)
            .map(|(id, count)| (id, u64::from(*count)))
    }
}

/// Counts bans and addresses by jail or origin.
struct ByFew {
    by: Dimension,
    /// Bans and addresses of each group, in the order of their keys.
    groups: Vec<(u64, Bits)>,
}

impl Sink for ByFew {
    fn hit(&mut self, hit: Hit) {
        let key = if self.by == Dimension::Origin { usize::from(hit.origin) } else { hit.jail };
        if let Some((bans, addresses)) = self.groups.get_mut(key) {
            *bans += 1;
            addresses.set(hit.address);
        }
    }
}

/// A group: its key, its bans and its addresses.
type Counted = (u32, u64, u64);

/// All groups, in no order.
fn counted(connection: &mut AnyConnection, scan: &Scan<'_>, by: Dimension) -> Result<Vec<Counted>, TxError> {
    if matches!(by, Dimension::Jail | Dimension::Origin) {
        let groups = if by == Dimension::Origin { Origin::ALL.len() } else { scan.sieve.jails.len() };
        let mut sink = ByFew { by, groups: vec![Default::default(); groups] };
        scan.run(connection, &mut sink)?;
        let size = |addresses: &Bits| u64::try_from(addresses.count()).unwrap_or(u64::MAX);
        let found = (0_u32..).zip(sink.groups).filter(|(_, (bans, _))| *bans > 0);
        return Ok(found.map(|(key, (bans, addresses))| (key, bans, size(&addresses))).collect());
    }
    let mut sink = ByAddress::default();
    scan.run(connection, &mut sink)?;
    if by == Dimension::Address {
        return Ok(sink.found().map(|(id, bans)| (id, bans, 1)).collect());
    }
    let mut groups: HashMap<u32, (u64, u64)> = HashMap::new();
    for (id, bans) in sink.found() {
        let key = match by {
            Dimension::Network => scan.places.network(id),
            _ => u32::from(scan.places.country(id)),
        };
        let group = groups.entry(key).or_default();
        group.0 += bans;
        group.1 += 1;
    }
    Ok(groups.into_iter().map(|(key, (bans, addresses))| (key, bans, addresses)).collect())
}

/// Keeps the `most` largest, the largest first.
fn keep_largest(groups: &mut Vec<Counted>, most: usize) {
    let order = |a: &Counted, b: &Counted| b.1.cmp(&a.1).then(a.0.cmp(&b.0));
    if groups.len() > most {
        if most > 0 {
            groups.select_nth_unstable_by(most - 1, order);
        }
        groups.truncate(most);
    }
    groups.sort_unstable_by(order);
}

/// The keys of the largest groups.
pub(super) fn largest(
    connection: &mut AnyConnection,
    scan: &Scan<'_>,
    by: Dimension,
    most: usize,
) -> Result<Vec<u32>, TxError> {
    let mut groups = counted(connection, scan, by)?;
    keep_largest(&mut groups, most);
    Ok(groups.into_iter().map(|(key, ..)| key).collect())
}

pub(super) fn top(
    connection: &mut AnyConnection,
    memory: &Memory,
    filter: &HistoryFilter,
    period: Period,
    by: Dimension,
    most: usize,
) -> Result<Top, TxError> {
    let places = PlaceTable::current(connection, memory)?;
    let sieve = Sieve::new(connection, filter, true)?;
    let scan = Scan { memory, places: &places, sieve: &sieve, kind: Kind::Ban, seconds: seconds(period) };
    let mut found = counted(connection, &scan, by)?;
    let bans = found.iter().map(|(_, bans, _)| bans).sum();
    let all = u64::try_from(found.len()).unwrap_or(u64::MAX);
    keep_largest(&mut found, most);
    let keys: Vec<u32> = found.iter().map(|(key, ..)| *key).collect();
    let named = groups(connection, by, &keys, &sieve)?;
    let rows = named
        .into_iter()
        .zip(found)
        .map(|(group, (_, bans, addresses))| TopRow { group, bans, addresses })
        .collect();
    Ok(Top { rows, groups: all, bans })
}

pub(super) fn totals(
    connection: &mut AnyConnection,
    memory: &Memory,
    filter: &HistoryFilter,
    period: Period,
) -> Result<Totals, TxError> {
    let places = PlaceTable::current(connection, memory)?;
    let sieve = Sieve::new(connection, filter, true)?;
    let scan = Scan { memory, places: &places, sieve: &sieve, kind: Kind::Ban, seconds: seconds(period) };
    let mut sink = ByAddress::default();
    scan.run(connection, &mut sink)?;
    let (mut networks, mut countries) = (HashSet::new(), Bits::default());
    let mut totals = Totals {
        bans: sink.bans,
        first: (sink.bans > 0).then(|| Timestamp::from_secs(sink.first)),
        last: (sink.bans > 0).then(|| Timestamp::from_secs(sink.last)),
        ..Totals::default()
    };
    for (id, bans) in sink.found() {
        totals.addresses += 1;
        totals.repeaters += u64::from(bans > 1);
        let (network, country) = (places.network(id), places.country(id));
        if network != 0 {
            networks.insert(network);
        }
        // Unknown and private are none.
        if country > 1 {
            countries.set(country.into());
        }
    }
    totals.networks = u64::try_from(networks.len()).unwrap_or(u64::MAX);
    totals.countries = u64::try_from(countries.count()).unwrap_or(u64::MAX);
    Ok(totals)
}

pub(super) fn offenders(
    connection: &mut AnyConnection,
    memory: &Memory,
    filter: &HistoryFilter,
    period: Period,
    most: usize,
) -> Result<Vec<Offender>, TxError> {
    let places = PlaceTable::current(connection, memory)?;
    let sieve = Sieve::new(connection, filter, true)?;
    let scan = Scan { memory, places: &places, sieve: &sieve, kind: Kind::Ban, seconds: seconds(period) };
    let mut found = counted(connection, &scan, Dimension::Address)?;
    found.retain(|(_, bans, _)| *bans > 1);
    keep_largest(&mut found, most);
    let ids: Vec<(u32, u64)> = found.into_iter().map(|(id, bans, _)| (id, bans)).collect();
    details::offenders(connection, &filter.server, &sieve, period, &ids)
}
