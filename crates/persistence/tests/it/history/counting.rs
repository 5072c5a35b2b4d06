//! Any filter over any events: time lines, sums and the largest groups against plain counting.

use std::collections::{BTreeMap, BTreeSet};

use bangui_domain::model::{
    BanEvent, Choice, Country, Dimension, Group, HistoryFilter, Origin, Period, ServerId, Totals,
};
use bangui_domain::ports::History;
use bangui_persistence::DbKind;
use bangui_test_support::db::TestDb;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{all, counts, period, seen};
use crate::bans::{at, end, jail, record};

/// What happens in a case: a ban of one of some addresses in one of some jails, which may end.
#[derive(Debug, Clone)]
pub(super) struct Happening {
    jail: usize,
    number: u32,
    seconds: i64,
    origin: Origin,
    ends: bool,
}

impl Happening {
    /// The same at another second.
    pub(super) fn at(self, seconds: i64) -> Self {
        Self { seconds, ..self }
    }
}

const JAILS: [&str; 3] = ["sshd", "nginx", "SMTP auth"];
const DAY: i64 = 86_400;

pub(super) fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let origin =
        prop_oneof![4 => Just(Origin::Detected), 1 => Just(Origin::Manual), 1 => Just(Origin::Restored)];
    let one = (0..JAILS.len(), 0_u32..13, -2 * DAY..3 * DAY, origin, any::<bool>())
        .prop_map(|(jail, number, seconds, origin, ends)| Happening { jail, number, seconds, origin, ends });
    prop::collection::vec(one, 1..60)
}

fn choice<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Choice<T>> {
    let some = prop::sample::subsequence(values, 1..=2);
    prop_oneof![
        3 => Just(Choice::default()),
        1 => some.clone().prop_map(|any_of| Choice { any_of, none_of: Vec::new() }),
        1 => some.prop_map(|none_of| Choice { any_of: Vec::new(), none_of }),
    ]
}

pub(super) fn filters() -> impl Strategy<Value = HistoryFilter> {
    let jails = choice(JAILS.map(jail).to_vec());
    let origins = choice(vec![Origin::Detected, Origin::Manual, Origin::Restored]);
    let countries =
        choice(["NL", "DE", "private", "unknown"].map(|text| text.parse::<Country>().unwrap()).to_vec());
    let networks = choice(["64500", "64502", "1", "unknown"].map(|text| text.parse().ok()).to_vec());
    let targets = ["198.51.100.0/24", "198.51.100.1", "2001:db8::/32", "0.0.0.0/0", "::/0", "203.0.113.1"];
    let targets = choice(targets.map(|text| text.parse().unwrap()).to_vec());
    let texts = prop::sample::subsequence(
        ["ssh", "alice", "198.51", "of 3", "example", "MAIL"].map(str::to_owned).to_vec(),
        0..=1,
    );
    (jails, origins, countries, networks, targets, texts).prop_map(
        |(jails, origins, countries, networks, targets, texts)| HistoryFilter {
            jails,
            origins,
            countries,
            networks,
            targets,
            texts,
            ..HistoryFilter::of(ServerId::local())
        },
    )
}

/// Writes what happens, in batches of a few.
pub(super) async fn write(test: &TestDb, told: &[Happening]) {
    for part in told.chunks(7) {
        let bans =
            part.iter().map(|one| seen(JAILS[one.jail], one.number, one.seconds, one.origin)).collect();
        let ended = part.iter().filter(|one| one.ends);
        let ends = ended.map(|one| end(JAILS[one.jail], &super::address(one.number), one.seconds)).collect();
        record(test.db(), bans, ends).await;
    }
}

pub(super) fn clear(test: &TestDb) {
    for table in ["ban_packs", "ban_matches", "ban_notes", "bans", "active_bans"] {
        test.execute(&format!("DELETE FROM {table}"));
    }
}

fn group(by: Dimension, event: &BanEvent) -> String {
    match by {
        Dimension::Jail => event.key.jail.to_string(),
        Dimension::Origin => event.origin.as_str().to_owned(),
        Dimension::Country => event.place.country.to_string(),
        Dimension::Network => {
            event.place.network.as_ref().map_or_else(String::new, |network| network.asn.to_string())
        }
        Dimension::Address => event.key.id.to_string(),
    }
}

fn name(group: &Group) -> String {
    match group {
        Group::Jail(jail) => jail.to_string(),
        Group::Origin(origin) => origin.as_str().to_owned(),
        Group::Country(country) => country.to_string(),
        Group::Network(network) => {
            network.as_ref().map_or_else(String::new, |network| network.asn.to_string())
        }
        Group::Address(id, _) => id.to_string(),
    }
}

const DIMENSIONS: [Dimension; 5] =
    [Dimension::Jail, Dimension::Origin, Dimension::Country, Dimension::Network, Dimension::Address];

pub(super) async fn compare(test: &TestDb, filter: &HistoryFilter, period: Period, bounds: &[i64]) {
    let db = test.db();
    let events = all(db).await;
    let counted: Vec<&BanEvent> = events.iter().filter(|event| counts(filter, period, event)).collect();

    let mut by_address: BTreeMap<&str, u64> = BTreeMap::new();
    for event in &counted {
        *by_address.entry(event.key.id.as_str()).or_default() += 1;
    }
    let networks: BTreeSet<_> =
        counted.iter().filter_map(|event| event.place.network.as_ref().map(|network| network.asn)).collect();
    let countries: BTreeSet<_> = counted
        .iter()
        .map(|event| event.place.country)
        .filter(|country| matches!(country, Country::Known(_)))
        .collect();
    let size = |count: usize| u64::try_from(count).unwrap();
    let sums = Totals {
        bans: size(counted.len()),
        addresses: size(by_address.len()),
        repeaters: size(by_address.values().filter(|bans| **bans > 1).count()),
        networks: size(networks.len()),
        countries: size(countries.len()),
        first: counted.iter().map(|event| event.occurred_at).min(),
        last: counted.iter().map(|event| event.occurred_at).max(),
    };
    assert_eq!(db.totals(filter, period).await.unwrap(), sums, "{filter:?}");

    for by in DIMENSIONS {
        let mut expected: BTreeMap<String, (u64, BTreeSet<&str>)> = BTreeMap::new();
        for event in &counted {
            let found = expected.entry(group(by, event)).or_default();
            found.0 += 1;
            found.1.insert(event.key.id.as_str());
        }
        let top = db.top(filter, period, by, 100).await.unwrap();
        assert_eq!((top.bans, top.groups), (sums.bans, size(expected.len())), "{by:?} {filter:?}");
        assert!(top.rows.is_sorted_by(|a, b| a.bans >= b.bans), "the largest first");
        let found: BTreeMap<String, (u64, u64)> =
            top.rows.iter().map(|row| (name(&row.group), (row.bans, row.addresses))).collect();
        let wanted: BTreeMap<String, (u64, u64)> =
            expected.iter().map(|(name, (bans, ids))| (name.clone(), (*bans, size(ids.len())))).collect();
        assert_eq!(found, wanted, "{by:?} {filter:?}");
        let two = db.top(filter, period, by, 2).await.unwrap();
        assert_eq!(
            two.rows,
            top.rows.iter().take(2).cloned().collect::<Vec<_>>(),
            "fewer rows are the same rows"
        );

        let edges: Vec<_> = bounds.iter().map(|bound| at(*bound)).collect();
        let lines = db.timeline(filter, &edges, by, 100).await.unwrap();
        let mut wanted: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (index, pair) in edges.windows(2).enumerate() {
            let stretch = Period { since: pair[0], until: pair[1] };
            for event in events.iter().filter(|event| counts(filter, stretch, event)) {
                wanted.entry(group(by, event)).or_insert_with(|| vec![0; edges.len() - 1])[index] += 1;
            }
        }
        let found: BTreeMap<String, Vec<u64>> =
            lines.series.iter().map(|(group, counts)| (name(group), counts.clone())).collect();
        assert_eq!(found, wanted, "{by:?} {filter:?}");
    }

    let offenders = db.offenders(filter, period, 100).await.unwrap();
    let found: BTreeMap<String, u64> =
        offenders.iter().map(|offender| (offender.id.to_string(), offender.bans)).collect();
    let wanted: BTreeMap<String, u64> = by_address
        .iter()
        .filter(|(_, bans)| **bans > 1)
        .map(|(id, bans)| ((*id).to_owned(), *bans))
        .collect();
    assert_eq!(found, wanted, "{filter:?}");
}

fn any_question_is_answered_by_plain_counting(kind: DbKind, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let test = runtime.block_on(TestDb::new(kind));
    let bounds = prop::collection::btree_set(-3 * DAY..4 * DAY, 2..9);
    let case = (happenings(), prop::collection::vec((filters(), -3 * DAY..4 * DAY, 0..6 * DAY), 4), bounds);
    let outcome = runner.run(&case, |(told, questions, bounds)| {
        runtime.block_on(async {
            clear(&test);
            write(&test, &told).await;
            let bounds: Vec<i64> = bounds.into_iter().collect();
            for (filter, since, length) in questions {
                compare(&test, &filter, period(since, since + length), &bounds).await;
            }
            // All of it: whole days, which are not opened where a number is enough.
            let everything = HistoryFilter::of(ServerId::local());
            compare(&test, &everything, period(-30 * DAY, 30 * DAY), &[-30 * DAY, -12_345, DAY, 30 * DAY])
                .await;
        });
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn sqlite() {
    any_question_is_answered_by_plain_counting(DbKind::Sqlite, 24);
}

#[test]
fn postgres() {
    any_question_is_answered_by_plain_counting(DbKind::Postgres, 12);
}
