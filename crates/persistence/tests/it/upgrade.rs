//! Databases of every schema that BanGUI ever had, with rows of their time, brought up to date: nothing is lost on the way.

use bangui_domain::model::{EventId, ServerId, TokenHash};
use bangui_domain::ports::{
    BanStore as _, LeaseStore as _, RuntimeStore as _, SCHEDULER_LEASE, SessionStore, UserStore,
};
use bangui_persistence::archive::Snapshot;
use bangui_persistence::{Db, DbKind};
use bangui_test_support::db::Place;
use bangui_test_support::db::schema::versions;

use crate::archive::{Rows, archive, connect, kept, source};

/// The session in the rows since 0003.
const SESSION: &str = "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a";

/// Every table and every value that was there before is there now.
fn nothing_lost(before: &Rows, now: &Rows) {
    for (table, rows) in before {
        // Became `bans` and its neighbours with 0008; `works` looks at them.
        if table == "ban_events" {
            assert!(!now.contains_key(table));
            continue;
        }
        assert!(rows.len() <= now[table].len(), "the rows of {table}");
        for (old, new) in rows.iter().zip(&now[table]) {
            for (column, value) in old {
                // A migration that gives a column up or another meaning has to be named here.
                assert_eq!(&new[column], value, "{table}.{column}");
            }
        }
    }
}

async fn comes_up_to_date(kind: DbKind, version: &str) {
    let place = Place::of_schema(kind, version);
    let later: Vec<String> = versions().into_iter().filter(|other| other.as_str() > version).collect();
    assert_eq!(Snapshot::pending(place.url()).unwrap().versions, later);
    let (before, archived) = (kept(place.url()), archive(place.url()));

    let db = connect(&place).await;
    let report = db.migrate().await.unwrap();
    assert_eq!((report.before.as_deref(), &report.applied), (Some(version), &later));
    assert!(Snapshot::pending(place.url()).unwrap().versions.is_empty());
    let now = kept(place.url());
    nothing_lost(&before, &now);
    works(&db, version).await;

    // The archive of that time, in the other database.
    let other = Place::new(if kind == DbKind::Sqlite { DbKind::Postgres } else { DbKind::Sqlite });
    connect(&other).await.load(source(archived), false, None).await.unwrap();
    assert_eq!(kept(other.url()), now);
}

/// What the database tells through its doors.
async fn works(db: &Db, version: &str) {
    let lock = db.current(SCHEDULER_LEASE).await.unwrap().unwrap();
    assert_eq!((lock.fence.0, lock.is_free()), (7, true));
    let history = db.history_cursor(&ServerId::local()).await.unwrap().unwrap();
    assert_eq!((history.rowid, history.timeofban), (41, 1_700_000_000));
    if version >= "0002" {
        let events = db.events_after(&ServerId::local(), EventId(0), 100).await.unwrap();
        let told: Vec<String> =
            events.iter().map(|event| format!("{} {}", event.key.jail, event.key.id)).collect();
        assert_eq!(
            told,
            [
                "sshd 192.0.2.1",
                "sshd 192.0.2.1",
                "sshd 2001:db8::1",
                "nginx 198.51.100.9",
                "mail mallory@example"
            ]
        );
        assert_eq!(events[3].by.as_deref(), Some("Alice"));
    }
    if version >= "0003" {
        let alice = UserStore::find(db, "ALICE").await.unwrap().unwrap();
        let session =
            SessionStore::find(db, &TokenHash::from_hex(SESSION.to_owned())).await.unwrap().unwrap();
        assert_eq!(session.user, alice);
    }
    if version >= "0005" {
        assert!(db.published(&ServerId::local()).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn sqlite_of_every_schema() {
    for version in versions() {
        comes_up_to_date(DbKind::Sqlite, &version).await;
    }
}

#[tokio::test]
async fn postgres_of_every_schema() {
    for version in versions() {
        comes_up_to_date(DbKind::Postgres, &version).await;
    }
}
