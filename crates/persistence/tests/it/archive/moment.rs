//! An archive is of one moment, however hard others write meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bangui_test_support::both_databases;

use super::{Rows, kept};
use crate::bans::{ban, end, record};

/// The bans in force.
fn active(rows: &Rows) -> BTreeSet<(String, String)> {
    rows["active_bans"].iter().map(|row| (row["ip"].to_string(), row["banned_at"].to_string())).collect()
}

/// The bans of the history that have not ended.
fn open(rows: &Rows) -> BTreeSet<(String, String)> {
    let addresses: BTreeMap<String, String> =
        rows["addresses"].iter().map(|row| (row["id"].to_string(), row["ip"].to_string())).collect();
    rows["bans"]
        .iter()
        .filter(|row| row["end_id"].is_null())
        .map(|row| (addresses[&row["address_id"].to_string()].clone(), row["banned_at"].to_string()))
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
        let began = &rows["bans"];
        // Both tables are written in one transaction: whoever began and has not ended is in force, and nobody else.
        assert_eq!(active(&rows), open(&rows));
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
    assert_eq!(test.count("bans"), written);
});
