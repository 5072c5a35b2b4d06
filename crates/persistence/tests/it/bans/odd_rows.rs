//! Rows that another program, or a newer BanGUI, has written, and that hold what this one does not know: each costs itself alone.

use bangui_domain::model::{EventId, EventKind, EventQuery, Origin, ServerId};
use bangui_domain::ports::{BanStore, History};
use bangui_persistence::DbKind;
use bangui_test_support::both_databases;
use bangui_test_support::db::TestDb;

use super::{active, all_events, ban, end, limit, record};

/// Changes the origin of rows to one that nobody knows.
fn spoil(test: &TestDb, table: &str, change: &str) {
    let before = if test.db().kind() == DbKind::Postgres {
        format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_origin_check")
    } else {
        "PRAGMA ignore_check_constraints = ON".to_owned()
    };
    test.execute(&format!("{before}; UPDATE {table} SET {change}"));
}

fn numbers(from: i64, to: i64) -> Vec<i64> {
    (from..=to).collect()
}

both_databases!(an_address_is_told_without_the_ban_that_cannot_be_read, |test| async move {
    let db = test.db();
    let bans = vec![ban("sshd", "192.0.2.1", 0), ban("nginx", "192.0.2.1", 0), ban("sshd", "192.0.2.2", 0)];
    record(db, bans, Vec::new()).await;
    spoil(&test, "active_bans", "origin = 'x' WHERE ip = '192.0.2.1' AND jail = 'sshd'");
    for (target, told) in [("192.0.2.1", 1), ("192.0.2.0/24", 2)] {
        let story = db.address(&ServerId::local(), &target.parse().unwrap()).await.unwrap();
        assert_eq!((story.active.len(), story.more), (told, false), "{target}");
    }
});

both_databases!(what_is_banned_in_other_jails_is_recorded_all_the_same, |test| async move {
    let db = test.db();
    record(db, vec![ban("sshd", "192.0.2.1", 0), ban("sshd", "192.0.2.2", 0)], Vec::new()).await;
    spoil(&test, "active_bans", "origin = 'x' WHERE ip = '192.0.2.1'");
    spoil(&test, "bans", "origin = 9 WHERE id = 1");
    let events = record(
        db,
        vec![ban("sshd", "192.0.2.1", 0), ban("sshd", "192.0.2.2", 1_000), ban("nginx", "192.0.2.1", 0)],
        vec![end("sshd", "192.0.2.2", 0)],
    )
    .await;
    assert_eq!(events.len(), 3, "{events:?}");
    // The jail's list tells of it, so that the row is as it should be again.
    assert_eq!(active(db, "sshd").await, [("192.0.2.1".to_owned(), 0), ("192.0.2.2".to_owned(), 1_000)]);
    assert_eq!(active(db, "nginx").await.len(), 1);
});

both_databases!(older_events_are_reached, |test| async move {
    let db = test.db();
    let bans = (0..60).map(|number| ban("sshd", &format!("192.0.2.{number}"), number)).collect();
    record(db, bans, Vec::new()).await;
    spoil(&test, "bans", "origin = 9 WHERE id IN (1, 30, 51, 60)");
    let mut query = EventQuery { limit: limit(10), ..all_events() };
    let mut seen = Vec::new();
    loop {
        let page = db.find_events(&query).await.unwrap();
        seen.extend(page.items.iter().map(|event| event.id.0));
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    seen.reverse();
    let mut wanted = numbers(1, 60);
    wanted.retain(|id| ![1, 30, 51, 60].contains(id));
    assert_eq!(seen, wanted);
});

both_databases!(whoever_follows_goes_on_behind_any_number_of_odd_events, |test| async move {
    let (db, local) = (test.db(), ServerId::local());
    let bans = (0..40).map(|number| ban("sshd", &format!("192.0.2.{number}"), number)).collect();
    record(db, bans, Vec::new()).await;
    let ends = (0..40).map(|number| end("sshd", &format!("192.0.2.{number}"), number)).collect();
    record(db, Vec::new(), ends).await;
    spoil(&test, "bans", "origin = 9 WHERE id BETWEEN 5 AND 36");
    let mut after = EventId(0);
    let mut seen = Vec::new();
    loop {
        let page = db.events_after(&local, after, 10).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.id;
        assert!(page.len() == 10 || after == EventId(80), "fewer than were asked for are the last");
        seen.extend(page);
    }
    let bans: Vec<i64> =
        seen.iter().filter(|event| event.kind == EventKind::Ban).map(|event| event.id.0).collect();
    assert_eq!(bans, [numbers(1, 4), numbers(37, 40)].concat());
    let ends = seen.iter().filter(|event| event.kind == EventKind::Unban);
    assert!(ends.clone().all(|event| event.origin == Origin::Expired));
    assert_eq!(ends.count(), 40);
});
