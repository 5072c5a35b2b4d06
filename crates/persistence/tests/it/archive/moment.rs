//! An archive is of one moment, however hard others write meanwhile.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bangui_test_support::both_databases;

use super::{Rows, kept};
use crate::bans::{ban, end, record};

/// The ban that a row is about.
fn bans(rows: &Rows, table: &str, kind: Option<&str>) -> BTreeSet<(String, String)> {
    rows[table]
        .iter()
        .filter(|row| kind.is_none_or(|kind| row["kind"] == kind))
        .map(|row| (row["ip"].to_string(), row["banned_at"].to_string()))
        .collect()
}

both_databases!(what_is_read_beside_writers_is_of_one_moment, |test| async move {
    let over = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for net in 0..2 {
        let (db, over) = (test.db().clone(), Arc::clone(&over));
        writers.push(tokio::spawn(async move {
            let mut number = 0;
            while !over.load(Ordering::SeqCst) {
                let address = |number: i64| format!("10.{net}.{}.{}", number / 200, number % 200);
                let news = (number..number + 5).map(|number| ban("sshd", &address(number), number)).collect();
                let ends = (number - 10..number - 7).filter(|number| *number >= 0);
                let ends = ends.map(|number| end("sshd", &address(number), number)).collect();
                record(&db, news, ends).await;
                number += 5;
            }
            number
        }));
    }
    let mut seen = Vec::new();
    while seen.len() < 10 {
        let url = test.url().to_owned();
        let rows = tokio::task::spawn_blocking(move || kept(&url)).await.unwrap();
        let began = bans(&rows, "ban_events", Some("ban"));
        let ended = bans(&rows, "ban_events", Some("unban"));
        // Both tables are written in one transaction: whoever began and has not ended is in force, and nobody else.
        let in_force: BTreeSet<_> = began.difference(&ended).cloned().collect();
        assert_eq!(bans(&rows, "active_bans", None), in_force);
        if seen.last() != Some(&began.len()) && !began.is_empty() {
            seen.push(began.len());
        }
    }
    over.store(true, Ordering::SeqCst);
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(test.count("ban_events WHERE kind = 'ban'"), written);
});
