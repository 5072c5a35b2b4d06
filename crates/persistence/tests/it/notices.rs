//! Notices between processes: heard by all on the database once the write is committed, also by a listener whose
//! connection was cut; on SQLite there are none.

use std::time::Duration;

use bangui_domain::model::{ActiveBan, BanId, BanKey, BanTime, Fence, JailName, Origin, ServerId, Timestamp};
use bangui_domain::ports::{BanBatch, BanRecord, BanStore, Notice, Notices, StoreError};
use bangui_persistence::{Db, DbKind, NoticeListener};
use bangui_test_support::both_databases;
use bangui_test_support::db::TestDb;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

const PATIENCE: Duration = Duration::from_mins(1);

/// One ban of 192.0.2.`number`.
fn batch(number: u8, fence: Option<Fence>) -> BanBatch {
    let key = BanKey {
        jail: JailName::parse("sshd").unwrap(),
        id: BanId::from_reported(format!("192.0.2.{number}")),
        banned_at: Timestamp::from_secs(1_700_000_000),
    };
    let ban = ActiveBan {
        key,
        bantime: BanTime::Permanent,
        ban_count: None,
        origin: Origin::Detected,
        by: None,
        reason: None,
    };
    let bans = vec![BanRecord { ban, failures: None, in_force: true, place: None, matches: None }];
    let seen_at = Timestamp::from_secs(1_700_000_001);
    BanBatch { server: ServerId::local(), fence, seen_at, bans, ends: Vec::new(), cursor: None }
}

async fn record(db: &Db, number: u8) -> Notice {
    let recorded = BanStore::record(db, &batch(number, None)).await.unwrap();
    Notice::Events(recorded.events.last().unwrap().id)
}

async fn heard(notices: &mut Receiver<Notice>) -> Notice {
    tokio::time::timeout(PATIENCE, notices.recv()).await.unwrap().unwrap()
}

/// A listener that listens, if its database has anything to listen for.
async fn listening(test: &TestDb) -> (NoticeListener, Receiver<Notice>) {
    let listener = NoticeListener::start(test.db());
    let mut notices = listener.listen();
    if test.db().kind() == DbKind::Postgres {
        assert_eq!(heard(&mut notices).await, Notice::Missed);
    }
    (listener, notices)
}

both_databases!(recorded_events_are_heard_by_all_processes, |test| async move {
    let (_here, mut here) = listening(&test).await;
    let (_there, mut there) = listening(&test).await;
    let first = record(test.db(), 1).await;
    let second = record(&test.second().await, 2).await;
    for notices in [&mut here, &mut there] {
        if test.db().kind() == DbKind::Sqlite {
            assert_eq!(notices.try_recv(), Err(TryRecvError::Empty));
        } else {
            assert_eq!(heard(notices).await, first);
            assert_eq!(heard(notices).await, second);
        }
    }
});

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_written_or_is_not_known_is_not_heard() {
    let test = TestDb::postgres().await;
    let (_listener, mut notices) = listening(&test).await;
    let refused = BanStore::record(test.db(), &batch(1, Some(Fence(7)))).await;
    assert!(matches!(refused, Err(StoreError::StaleFence)), "{refused:?}");
    record(test.db(), 1).await;
    // Seen again, so that nothing is new.
    BanStore::record(test.db(), &batch(1, None)).await.unwrap();
    test.execute("NOTIFY bangui, 'of a version to come'; NOTIFY another, 'state'");
    let second = record(test.db(), 2).await;
    assert!(matches!(heard(&mut notices).await, Notice::Events(_)));
    assert_eq!(heard(&mut notices).await, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_was_cut_off_says_so_and_goes_on() {
    let test = TestDb::postgres().await;
    let (_listener, mut notices) = listening(&test).await;
    for number in 1..=2 {
        test.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name = 'bangui notices' AND datname = current_database()",
        );
        assert_eq!(heard(&mut notices).await, Notice::Missed);
        let recorded = record(test.db(), number).await;
        assert_eq!(heard(&mut notices).await, recorded);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_is_dropped_lets_go_of_its_connection() {
    let test = TestDb::postgres().await;
    let (listener, _notices) = listening(&test).await;
    let listeners = || {
        test.count(
            "pg_stat_activity WHERE application_name = 'bangui notices' AND datname = current_database()",
        )
    };
    assert_eq!(listeners(), 1);
    drop(listener);
    let started = std::time::Instant::now();
    while listeners() > 0 {
        assert!(started.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
