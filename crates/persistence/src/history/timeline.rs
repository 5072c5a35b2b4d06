//! Bans over time.

use std::collections::HashMap;

use bangui_domain::model::{Dimension, HistoryFilter, Period, Timeline, Timestamp};

use super::details::{groups, key_of};
use super::memory::Memory;
use super::packs::Kind;
use super::places::PlaceTable;
use super::scan::{Hit, Scan, Sink, seconds};
use super::sieve::Sieve;
use super::top::largest;
use crate::connection::{AnyConnection, TxError};

/// Counts hits by group and stretch of time.
struct Buckets<'a> {
    /// The first second of each stretch, and the one behind the last.
    bounds: Vec<i64>,
    by: Dimension,
    places: &'a PlaceTable,
    /// The groups that are counted; all where empty.
    wanted: Option<&'a [u32]>,
    counts: HashMap<u32, Vec<u64>>,
    /// Where the last hit was: the next one is nearly always there as well.
    near: usize,
}

impl Buckets<'_> {
    fn stretch(&mut self, at: i64) -> Option<usize> {
        let within = |index: usize| {
            let (first, behind) = (self.bounds.get(index)?, self.bounds.get(index + 1)?);
            (*first <= at && at < *behind).then_some(index)
        };
        if let Some(index) = within(self.near) {
            return Some(index);
        }
        let index = self.bounds.partition_point(|bound| *bound <= at).checked_sub(1)?;
        self.near = index;
        (index + 1 < self.bounds.len()).then_some(index)
    }

    fn add(&mut self, group: u32, stretch: usize, bans: u64) {
        let stretches = self.bounds.len().saturating_sub(1);
        let counts = self.counts.entry(group).or_insert_with(|| vec![0; stretches]);
        if let Some(count) = counts.get_mut(stretch) {
            *count += bans;
        }
    }
}

impl Sink for Buckets<'_> {
    fn hit(&mut self, hit: Hit) {
        let group = key_of(self.by, &hit, self.places);
        if self.wanted.is_some_and(|wanted| !wanted.contains(&group)) {
            return;
        }
        if let Some(stretch) = self.stretch(hit.at) {
            self.add(group, stretch, 1);
        }
    }

    fn day(&mut self, jail: usize, first: i64, behind: i64, attacks: u64) -> bool {
        let Some(stretch) = self.stretch(first) else { return false };
        let ends_there = self.bounds.get(stretch + 1).is_some_and(|end| behind <= *end);
        if self.by != Dimension::Jail || !ends_there {
            return false;
        }
        self.add(u32::try_from(jail).unwrap_or(u32::MAX), stretch, attacks);
        true
    }
}

pub(super) fn timeline(
    connection: &mut AnyConnection,
    memory: &Memory,
    filter: &HistoryFilter,
    bounds: &[Timestamp],
    by: Dimension,
    most: usize,
) -> Result<Timeline, TxError> {
    let (Some(first), Some(last)) = (bounds.first(), bounds.last()) else { return Ok(Timeline::default()) };
    let period = Period { since: *first, until: *last };
    let places = PlaceTable::current(connection, memory)?;
    let sieve = Sieve::new(connection, filter, true)?;
    let scan = Scan { memory, places: &places, sieve: &sieve, kind: Kind::Ban, seconds: seconds(period) };
    // There may be thousands of networks or addresses, and only the largest are wanted: they are found first.
    let wanted = match by {
        Dimension::Network | Dimension::Address => Some(largest(connection, &scan, by, most)?),
        Dimension::Jail | Dimension::Origin | Dimension::Country => None,
    };
    let edges = bounds.iter().map(|bound| seconds(Period { since: *bound, until: *bound }).0).collect();
    let mut buckets = Buckets {
        bounds: edges,
        by,
        places: &places,
        wanted: wanted.as_deref(),
        counts: HashMap::new(),
        near: 0,
    };
    scan.run(connection, &mut buckets)?;
    let mut counts: Vec<(u32, Vec<u64>)> = buckets.counts.into_iter().collect();
    let size = |counts: &[u64]| counts.iter().sum::<u64>();
    counts.retain(|(_, counts)| size(counts) > 0);
    counts.sort_by(|a, b| size(&b.1).cmp(&size(&a.1)).then(a.0.cmp(&b.0)));
    counts.truncate(most);
    let keys: Vec<u32> = counts.iter().map(|(key, _)| *key).collect();
    let groups = groups(connection, by, &keys, &sieve)?;
    Ok(Timeline { series: groups.into_iter().zip(counts.into_iter().map(|(_, counts)| counts)).collect() })
}
