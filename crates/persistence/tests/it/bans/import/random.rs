//! Random attacks, told by the live sources and by the log in any grouping and order, end in one history.

use std::collections::BTreeMap;

use bangui_domain::model::{EventKind, LogEntry, Origin};
use bangui_domain::ports::BanStore;
use bangui_domain::service::Logbook;
use bangui_persistence::{Db, DbKind, Imported};
use bangui_test_support::db::TestDb;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::history::{Happening, happening};
use super::{all_events, counts, import, moment, record, until_later};

/// A part of the log as a file: from and to, in hundredths.
type File = (usize, usize);

#[derive(Debug, Clone)]
struct Case {
    happening: Happening,
    /// Which bans the live sources tell, before and after the imports.
    live: Vec<u8>,
    /// Parts that are imported before all of it is, each with the room for what is remembered.
    parts: Vec<(File, usize)>,
    /// How the whole log lies in files that overlap.
    cuts: Vec<usize>,
}

fn cases() -> impl Strategy<Value = Case> {
    let file = (0..100_usize, 0..100_usize);
    (
        happening(),
        prop::collection::vec(0..3_u8, 20),
        prop::collection::vec((file, prop_oneof![Just(2_usize), Just(1_000)]), 0..3),
        prop::collection::vec(0..100_usize, 0..4),
    )
        .prop_map(|(happening, live, parts, cuts)| Case { happening, live, parts, cuts })
}

fn part(log: &[LogEntry], (from, to): File) -> Vec<LogEntry> {
    let place = |hundredths: usize| log.len() * hundredths / 100;
    log[place(from.min(to))..place(from.max(to))].to_vec()
}

/// The log from files that overlap, as they are read: by time, so that what stands in two comes twice.
fn overlapping(log: &[LogEntry], cuts: &[usize]) -> Vec<LogEntry> {
    let mut all = log.to_vec();
    for cut in cuts {
        all.extend(part(log, (*cut, (*cut + 30).min(100))));
    }
    all.sort_by_key(moment);
    all
}

/// Bans with their ends, without numbers.
async fn content(db: &Db) -> BTreeMap<String, String> {
    let events = db.find_events(&all_events()).await.unwrap().items;
    let told = events.into_iter().map(|event| {
        let key = format!("{:?} {}", event.key, event.kind.as_str());
        let (at, origin) = (event.occurred_at, event.origin);
        (key, format!("{at:?} {origin:?} {:?} {:?}", event.bantime, event.ban_count))
    });
    told.collect()
}

async fn tell(db: &Db, case: &Case, turn: u8) {
    let told = case.happening.bans.iter().zip(&case.live).filter(|(_, live)| **live == turn);
    let (bans, ends) = told.map(|(ban, _)| ban.told()).unzip();
    record(db, bans, ends).await;
}

/// How many attacks on each jail by each address.
async fn attacks(db: &Db) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for event in db.find_events(&all_events()).await.unwrap().items {
        if event.kind == EventKind::Ban && event.origin != Origin::Restored {
            *counted.entry(format!("{} {}", event.key.jail, event.key.id)).or_default() += 1;
        }
    }
    counted
}

async fn check(test: &TestDb, case: &Case) -> Result<(), TestCaseError> {
    let (db, log) = (test.db(), case.happening.log());
    let clear =
        || ["ban_packs", "bans", "active_bans"].map(|table| test.execute(&format!("DELETE FROM {table}")));

    // The truth: the live sources saw everything.
    clear();
    let all = Case { live: vec![0; 20], ..case.clone() };
    tell(db, &all, 0).await;
    let (truth, true_attacks) = (content(db).await, attacks(db).await);

    // Some of it is seen live, before and after the log is imported, in any grouping.
    clear();
    tell(db, case, 0).await;
    let whole = overlapping(&log, &case.cuts);
    import(db, &whole, until_later(), false).await;
    tell(db, case, 1).await;
    prop_assert_eq!(&content(db).await, &truth);
    let bans = u64::try_from(case.happening.bans.len()).unwrap();
    let again = import(db, &log, until_later(), false).await.0;
    prop_assert_eq!(again, counts(0, 0, bans, 0));
    prop_assert!(db.check_history().await.unwrap().wrong_days.is_empty());

    // Parts by themselves, in any order, and with hardly any memory: every attack once, and the second time nothing new.
    clear();
    tell(db, case, 0).await;
    for (file, room) in &case.parts {
        let lines = part(&log, *file);
        let book = || Logbook::with_room(super::at(1_000_000), *room);
        import(db, &lines, book(), false).await;
        let again = import(db, &lines, book(), false).await.0;
        prop_assert_eq!(Imported { known: 0, ..again }, counts(0, 0, 0, 0), "{:?} {}", file, room);
    }
    import(db, &log, until_later(), false).await;
    prop_assert_eq!(&attacks(db).await, &true_attacks);
    prop_assert!(db.check_history().await.unwrap().wrong_days.is_empty());
    Ok(())
}

fn any_grouping_ends_in_the_same_history(kind: DbKind, runs: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases: runs, failure_persistence: None, ..Config::default() });
    let test = runtime.block_on(TestDb::new(kind));
    runner.run(&cases(), |case| runtime.block_on(check(&test, &case))).unwrap();
}

#[test]
fn sqlite() {
    any_grouping_ends_in_the_same_history(DbKind::Sqlite, 96);
}

#[test]
fn postgres() {
    any_grouping_ends_in_the_same_history(DbKind::Postgres, 24);
}
