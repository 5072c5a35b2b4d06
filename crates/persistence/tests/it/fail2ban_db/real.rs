//! The database of a real fail2ban, read while it is being written.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bangui_domain::ports::{Fail2banHistory, HistoryCursor, HistoryError, HistoryRow};
use bangui_persistence::Fail2banDb;
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};

/// Reads on from `cursor` until all of `wanted` were seen. fail2ban writes its rows some time after its answer.
async fn until_seen(path: &str, wanted: &HashSet<String>) -> Vec<HistoryRow> {
    let history = Fail2banDb::default();
    let mut cursor = HistoryCursor::default();
    let mut rows = Vec::new();
    let mut missing = wanted.clone();
    for _ in 0..600 {
        match history.read(path, cursor, 20).await {
            Ok(page) => {
                cursor = page.cursor;
                for row in &page.rows {
                    missing.remove(row.id.as_str());
                }
                rows.extend(page.rows);
            }
            Err(HistoryError::Busy) => {}
            Err(error) => panic!("{error}"),
        }
        if missing.is_empty() {
            return rows;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never seen: {missing:?}")
}

#[tokio::test(flavor = "multi_thread")]
async fn bans_of_a_real_fail2ban_are_read() {
    let lab = Fail2ban::builder()
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2).bantime(900))
        .jail(JailSpec::new("by hand", Filter::Nginx).bantime(-1))
        .start()
        .unwrap();
    let attacker = "2001:db8::7".parse().unwrap();
    for _ in 0..2 {
        lab.append("sshd", &lines::sshd(attacker)).unwrap();
    }
    lab.wait_for_ban("sshd", attacker).unwrap();
    lab.client(&["set", "by hand", "banip", "203.0.113.0/24"]).unwrap();

    let path = lab.database_path();
    let wanted = HashSet::from(["2001:db8::7".to_owned(), "203.0.113.0/24".to_owned()]);
    let rows = until_seen(path.to_str().unwrap(), &wanted).await;
    let detected = rows.iter().find(|row| row.id.as_str() == "2001:db8::7").unwrap();
    assert_eq!((detected.jail.as_str(), detected.bantime, detected.ban_count), ("sshd", Some(900), Some(1)));
    assert!(detected.failures.is_some_and(|failures| failures >= 2), "{detected:?}");
    let manual = rows.iter().find(|row| row.id.as_str() == "203.0.113.0/24").unwrap();
    assert_eq!((manual.jail.as_str(), manual.bantime, manual.failures), ("by hand", Some(-1), Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_without_pause_never_locks_fail2ban_out() {
    let lab = Fail2ban::builder().jail(JailSpec::new("sshd", Filter::Sshd)).start().unwrap();
    let path = lab.database_path();
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (path, done) = (path.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            let history = Fail2banDb::default();
            let mut reads = 0_u32;
            while !done.load(Ordering::Relaxed) {
                match history.read(path.to_str().unwrap(), HistoryCursor::default(), 500).await {
                    Ok(_) => reads += 1,
                    Err(HistoryError::Busy) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            reads
        })
    };
    let mut wanted = HashSet::new();
    for block in 0..10 {
        let addresses: Vec<String> = (0..20).map(|number| format!("198.51.{block}.{number}")).collect();
        let mut command = vec!["set", "sshd", "banip"];
        command.extend(addresses.iter().map(String::as_str));
        lab.client(&command).unwrap();
        lab.client(&["set", "sshd", "unbanip", &addresses[0]]).unwrap();
        wanted.extend(addresses.into_iter().skip(1));
    }
    let rows = until_seen(path.to_str().unwrap(), &wanted).await;
    done.store(true, Ordering::Relaxed);
    assert!(reader.await.unwrap() > 0);
    assert!(rows.len() >= wanted.len());
    let log = std::fs::read_to_string(lab.server_log()).unwrap();
    assert!(!log.contains("database is locked"), "{log}");
}
