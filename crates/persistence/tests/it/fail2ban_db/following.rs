//! Following the database while fail2ban adds rows, deletes them, and uses their numbers again.

use std::collections::HashSet;

use bangui_domain::ports::HistoryCursor;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{Fixture, ids};

const START: i64 = 1_700_000_000;

#[tokio::test]
async fn each_row_comes_in_pages_and_later_only_what_is_new() {
    let mut fixture = Fixture::new();
    for number in 0..300 {
        fixture.ban(&format!("a{number}"), START + number * 60);
    }
    let mut cursor = HistoryCursor::default();
    let rows = fixture.drain(&mut cursor, 100).await;
    let seen: HashSet<_> = ids(&rows).into_iter().collect();
    assert_eq!(seen.len(), 300);
    assert_eq!(cursor, HistoryCursor { rowid: 300, timeofban: START + 299 * 60 });
    fixture.ban("new", START + 40_000);
    let rows = fixture.drain(&mut cursor, 100).await;
    assert_eq!(ids(&rows), ["a299", "new"], "the newest row known comes again, older ones do not");
}

#[tokio::test]
async fn a_late_row_of_an_earlier_time_is_not_missed() {
    let mut fixture = Fixture::new();
    fixture.ban("a", START + 5_000);
    let mut cursor = HistoryCursor::default();
    fixture.drain(&mut cursor, 100).await;
    fixture.ban("late", START);
    assert!(ids(&fixture.drain(&mut cursor, 100).await).contains(&"late"));
}

#[tokio::test]
async fn a_burst_in_one_second_is_read_to_its_end() {
    let mut fixture = Fixture::new();
    for number in 0..400 {
        fixture.ban(&format!("a{number}"), START);
    }
    let mut cursor = HistoryCursor::default();
    let rows = fixture.drain(&mut cursor, 40).await;
    assert_eq!(ids(&rows).into_iter().collect::<HashSet<_>>().len(), 400);
}

#[tokio::test]
async fn numbers_used_again_are_noticed() {
    let mut fixture = Fixture::new();
    for number in 0..100 {
        fixture.ban(&format!("a{number}"), START + number);
    }
    let mut cursor = HistoryCursor::default();
    fixture.drain(&mut cursor, 40).await;
    // Lifting bans deletes their rows; the next bans get the same numbers, and more than before.
    fixture.file.execute("DELETE FROM bans WHERE rowid > 30");
    for number in 0..90 {
        fixture.ban(&format!("b{number}"), START + 500 + number);
    }
    let rows = fixture.drain(&mut cursor, 40).await;
    let seen: HashSet<_> = ids(&rows).into_iter().collect();
    assert!((0..90).all(|number| seen.contains(format!("b{number}").as_str())), "{seen:?}");
}

#[tokio::test]
async fn a_database_that_was_emptied_is_followed_from_its_start() {
    let mut fixture = Fixture::new();
    for number in 0..50 {
        fixture.ban(&format!("a{number}"), START + number);
    }
    let mut cursor = HistoryCursor::default();
    fixture.drain(&mut cursor, 40).await;
    fixture.file.execute("DELETE FROM bans");
    assert!(fixture.drain(&mut cursor, 40).await.is_empty());
    for number in 0..45 {
        fixture.ban(&format!("b{number}"), START + 60 + number);
    }
    let rows = fixture.drain(&mut cursor, 20).await;
    assert_eq!(ids(&rows).into_iter().collect::<HashSet<_>>().len(), 45);
}

#[tokio::test]
async fn a_ban_of_the_future_does_not_hide_the_present() {
    let mut fixture = Fixture::new();
    fixture.ban("a", START);
    fixture.ban("future", 32_000_000_000);
    let mut cursor = HistoryCursor::default();
    fixture.drain(&mut cursor, 100).await;
    assert_eq!(cursor.timeofban, START);
    fixture.file.execute("DELETE FROM bans");
    fixture.ban("b", START + 100);
    assert_eq!(ids(&fixture.drain(&mut cursor, 100).await), ["b"]);
}

/// What fail2ban does between two reads.
#[derive(Debug, Clone)]
enum Step {
    Ban(u8),
    DeleteNewest(u8),
    DeleteOldest(u8),
    Pass(u8),
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = prop_oneof![
        4 => (1..40_u8).prop_map(Step::Ban),
        2 => (1..40_u8).prop_map(Step::DeleteNewest),
        1 => (1..40_u8).prop_map(Step::DeleteOldest),
        2 => (1..60_u8).prop_map(Step::Pass),
    ];
    prop::collection::vec(prop::collection::vec(step, 1..5), 1..8)
}

/// Whatever happened since the last read: a row that is there now has been seen once reading is done.
#[test]
fn no_row_is_missed_whatever_is_deleted() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(steps(), 4..60_u16), |(rounds, limit)| {
        let mut fixture = Fixture::new();
        let (mut time, mut number) = (START, 0);
        let mut present: Vec<String> = Vec::new();
        let mut cursor = HistoryCursor::default();
        let mut seen = HashSet::new();
        for round in rounds {
            for step in round {
                match step {
                    Step::Ban(count) => {
                        for _ in 0..count {
                            number += 1;
                            time += i64::from(number % 3 == 0);
                            let name = format!("n{number}");
                            fixture.ban(&name, time);
                            present.push(name);
                        }
                    }
                    Step::DeleteNewest(count) => {
                        let keep = present.len().saturating_sub(count.into());
                        present.truncate(keep);
                        fixture.file.execute(&format!(
                            "DELETE FROM bans WHERE rowid IN (SELECT rowid FROM bans ORDER BY rowid DESC LIMIT {count})"
                        ));
                    }
                    Step::DeleteOldest(count) => {
                        present.drain(..usize::from(count).min(present.len()));
                        fixture.file.execute(&format!(
                            "DELETE FROM bans WHERE rowid IN (SELECT rowid FROM bans ORDER BY rowid LIMIT {count})"
                        ));
                    }
                    Step::Pass(seconds) => time += i64::from(seconds),
                }
            }
            // fail2ban does not ban in the same second as BanGUI's last read by rule: time goes on.
            time += 1;
            let rows = runtime.block_on(fixture.drain(&mut cursor, limit));
            seen.extend(rows.into_iter().map(|row| row.id.to_string()));
            let missed: Vec<_> = present.iter().filter(|name| !seen.contains(*name)).collect();
            prop_assert!(missed.is_empty(), "missed {:?} at {:?}", missed, cursor);
        }
        Ok(())
    });
    outcome.unwrap();
}
