//! A history that is a list of bans.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bangui_domain::model::{
    AddressStory, Asn, BanId, Dimension, EventId, Gap, Group, HistoryFilter, Matches, Network, Offender,
    Origin, Period, Place, ServerId, Target, Timeline, Timestamp, Top, TopRow, Totals,
};
use bangui_domain::ports::{History, StoreError};

use crate::fake::name;

pub(super) const DAY: i64 = 86_400;
/// When every test is: some days into the history.
pub(super) const NOW: i64 = 1_000 * DAY;

/// A ban; times are seconds.
#[derive(Clone)]
pub(super) struct Ban {
    pub(super) at: i64,
    pub(super) jail: &'static str,
    pub(super) ip: &'static str,
    pub(super) network: Option<u32>,
}

/// Bans by the day, and gaps.
#[derive(Default)]
pub(super) struct Book {
    pub(super) bans: Mutex<Vec<Ban>>,
    pub(super) gaps: Mutex<Vec<Gap>>,
}

impl Book {
    /// `count` bans, this many days ago.
    pub(super) fn add(&self, days_ago: i64, count: usize, ban: &Ban) {
        let at = NOW - days_ago * DAY;
        let bans = std::iter::repeat_n(Ban { at, ..ban.clone() }, count);
        self.bans.lock().expect("no test panics here").extend(bans);
    }

    fn found(&self, filter: &HistoryFilter, period: Period) -> Vec<Ban> {
        let bans = self.bans.lock().expect("no test panics here");
        let fits = |ban: &&Ban| {
            let asn = ban.network.and_then(Asn::new);
            let target = Target::parse(ban.ip).ok();
            (period.since.as_secs()..period.until.as_secs()).contains(&ban.at)
                && filter.jails.admits(&name(ban.jail))
                && filter.networks.admits(&asn)
                && (filter.targets.any_of.is_empty()
                    || filter.targets.any_of.iter().any(|asked| target.is_some_and(|it| it.overlaps(asked))))
        };
        bans.iter().filter(fits).cloned().collect()
    }
}

fn group(ban: &Ban, by: Dimension) -> Group {
    match by {
        Dimension::Jail => Group::Jail(name(ban.jail)),
        Dimension::Origin => Group::Origin(Origin::Detected),
        Dimension::Address => Group::Address(BanId::from_reported(ban.ip), Place::default()),
        Dimension::Country => Group::Country(Place::default().country),
        Dimension::Network => Group::Network(
            ban.network
                .and_then(Asn::new)
                .map(|asn| Network { asn, name: Some("Example Networks (Leiden)".to_owned()) }),
        ),
    }
}

fn counted(bans: &[Ban], by: Dimension) -> Vec<(Group, u64)> {
    let mut groups: BTreeMap<String, (Group, u64)> = BTreeMap::new();
    for ban in bans {
        let group = group(ban, by);
        groups.entry(group.key()).or_insert((group, 0)).1 += 1;
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|(_, bans)| std::cmp::Reverse(*bans));
    groups
}

#[async_trait]
impl History for Book {
    async fn first_ban(&self, _: &ServerId) -> Result<Option<Timestamp>, StoreError> {
        let bans = self.bans.lock().expect("no test panics here");
        Ok(bans.iter().map(|ban| Timestamp::from_secs(ban.at)).min())
    }

    async fn timeline(
        &self,
        filter: &HistoryFilter,
        bounds: &[Timestamp],
        by: Dimension,
        most: usize,
    ) -> Result<Timeline, StoreError> {
        let all = self.found(filter, Period { since: bounds[0], until: *bounds.last().expect("bounds") });
        let series = counted(&all, by).into_iter().take(most).map(|(of, _)| {
            let counts = bounds.windows(2).map(|pair| {
                let part = self.found(filter, Period { since: pair[0], until: pair[1] });
                counted(&part, by).into_iter().find(|(group, _)| *group == of).map_or(0, |(_, count)| count)
            });
            (of.clone(), counts.collect())
        });
        Ok(Timeline { series: series.collect() })
    }

    async fn totals(&self, filter: &HistoryFilter, period: Period) -> Result<Totals, StoreError> {
        let bans = u64::try_from(self.found(filter, period).len()).expect("a small number");
        Ok(Totals { bans, ..Totals::default() })
    }

    async fn top(
        &self,
        filter: &HistoryFilter,
        period: Period,
        by: Dimension,
        most: usize,
    ) -> Result<Top, StoreError> {
        let all = self.found(filter, period);
        let groups = counted(&all, by);
        let bans = groups.iter().map(|(_, bans)| bans).sum();
        let rows = groups.iter().take(most).map(|(group, bans)| TopRow {
            group: group.clone(),
            bans: *bans,
            addresses: 1,
        });
        let rows = rows.collect();
        Ok(Top { rows, groups: u64::try_from(groups.len()).expect("a small number"), bans })
    }

    async fn offenders(&self, _: &HistoryFilter, _: Period, _: usize) -> Result<Vec<Offender>, StoreError> {
        Ok(Vec::new())
    }

    async fn address(&self, _: &ServerId, _: &Target) -> Result<AddressStory, StoreError> {
        Err(StoreError::NotFound)
    }

    async fn matches(&self, _: EventId) -> Result<Option<Matches>, StoreError> {
        Ok(None)
    }

    async fn gaps(&self, _: &ServerId, period: Period) -> Result<Vec<Gap>, StoreError> {
        let gaps = self.gaps.lock().expect("no test panics here");
        let overlaps = |gap: &&Gap| gap.period.since < period.until && gap.period.until > period.since;
        Ok(gaps.iter().filter(overlaps).copied().collect())
    }
}
