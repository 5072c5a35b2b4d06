//! The order and the grouping in which the same reports come do not decide what stays in the history.

use std::collections::BTreeMap;

use bangui_domain::model::{BanEvent, EventKind, Origin};
use bangui_domain::ports::{BanRecord, EndRecord};
use bangui_persistence::DbKind;
use bangui_test_support::db::TestDb;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{ban, end, history, record};

/// The sources that tell of one ban.
#[derive(Debug, Clone, Copy)]
enum Report {
    /// fail2ban's list.
    Listed,
    /// fail2ban's database.
    Stored,
    /// A user's order.
    Asked,
    /// The end.
    Ended,
}

/// One report of one of a few bans, some of which share id and jail.
#[derive(Debug, Clone, Copy)]
struct Told {
    ban: u8,
    report: Report,
}

fn key_of(number: u8) -> (&'static str, String, i64) {
    let name = if number.is_multiple_of(2) { "sshd" } else { "nginx" };
    (name, format!("192.0.2.{}", number / 4), i64::from(number / 2) * 700)
}

fn records(told: &[Told]) -> (Vec<BanRecord>, Vec<EndRecord>) {
    let (mut bans, mut ends) = (Vec::new(), Vec::new());
    for Told { ban: number, report } in told {
        let (name, id, seconds) = key_of(*number);
        let mut seen = ban(name, &id, seconds);
        match report {
            Report::Listed => {}
            Report::Stored => {
                seen.failures = Some(u32::from(*number));
                seen.ban.ban_count = Some(2);
                seen.in_force = false;
                seen.ban.origin = if number.is_multiple_of(3) { Origin::Manual } else { Origin::Detected };
            }
            Report::Asked => {
                seen.ban.origin = Origin::Manual;
                seen.ban.by = Some("admin".into());
                seen.ban.reason = Some(format!("reason {number}"));
            }
            Report::Ended => {
                ends.push(end(name, &id, seconds));
                continue;
            }
        }
        bans.push(seen);
    }
    (bans, ends)
}

/// The history without its numbers.
fn content(events: Vec<BanEvent>) -> BTreeMap<String, String> {
    events
        .into_iter()
        .map(|mut event| {
            event.id.0 = 0;
            event.ban.0 = 0;
            (format!("{:?} {}", event.key, event.kind.as_str()), format!("{event:?}"))
        })
        .collect()
}

fn told() -> impl Strategy<Value = Vec<Told>> {
    let report =
        prop_oneof![Just(Report::Listed), Just(Report::Stored), Just(Report::Asked), Just(Report::Ended)];
    prop::collection::vec((0..8_u8, report).prop_map(|(ban, report)| Told { ban, report }), 1..24)
}

/// `told` in order, `told` shuffled, and where to cut the shuffled ones into batches.
fn cases() -> impl Strategy<Value = (Vec<Told>, Vec<Told>, usize)> {
    told().prop_flat_map(|told| (Just(told.clone()), Just(told).prop_shuffle(), 1..6_usize))
}

fn any_order_ends_in_the_same_history(kind: DbKind, runs: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases: runs, failure_persistence: None, ..Config::default() });
    let test = runtime.block_on(TestDb::new(kind));
    let outcome = runner.run(&cases(), |(told, shuffled, cut)| {
        runtime.block_on(async {
            let mut ends = Vec::new();
            for (reports, cut) in [(told.clone(), told.len()), (shuffled, cut)] {
                test.execute("DELETE FROM ban_packs");
                test.execute("DELETE FROM bans");
                test.execute("DELETE FROM active_bans");
                let mut answered = Vec::new();
                for part in reports.chunks(cut) {
                    let (bans, ends) = records(part);
                    answered.extend(record(test.db(), bans, ends).await);
                }
                let stored = history(test.db()).await;
                prop_assert_eq!(answered.len(), stored.len(), "each event is answered once");
                let bans = stored.iter().filter(|event| event.kind == EventKind::Ban).count();
                prop_assert!(bans <= 8);
                ends.push(content(stored));
            }
            prop_assert_eq!(&ends[0], &ends[1]);
            Ok(())
        })
    });
    outcome.unwrap();
}

#[test]
fn sqlite() {
    any_order_ends_in_the_same_history(DbKind::Sqlite, 48);
}

#[test]
fn postgres() {
    any_order_ends_in_the_same_history(DbKind::Postgres, 24);
}
