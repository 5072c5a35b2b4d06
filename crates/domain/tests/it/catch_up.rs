//! Much to read in fail2ban's database: a reading goes on while it moves forward, shows how far it is, and what it could not
//! take is a gap.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::{Fence, ProblemCode};
use bangui_domain::ports::{Fail2banHistory, HistoryCursor, HistoryError, HistoryPage, JailControl as _};
use bangui_test_support::db::{Fail2banDb, SqliteFile};

use crate::fake::{HistoryFault, START, Script};
use crate::world::World;

/// A row each ten seconds, the last one now.
fn remembered(world: &World, rows: i64) {
    for row in 0..rows {
        world.script.bans("gone", &format!("198.51.100.{}", row % 250), 1, (rows - 1 - row) * 10, Some(3));
    }
    world.script.edit().jails.remove("gone");
}

/// A world that was away for an hour, in which fail2ban banned 360 times; its database brings ten rows in seven seconds.
async fn away_for_an_hour() -> (World, Fence) {
    let world = World::new().await;
    let fence = world.lead().await;
    world.leads(fence).await.expect("a look");
    world.script.pass(3_600);
    remembered(&world, 360);
    world.script.edit().page = (Duration::from_secs(7), 10);
    (world.restarted().await, fence)
}

#[tokio::test]
async fn a_slow_reading_goes_on_to_the_end_and_shows_how_far_it_is() {
    let (world, fence) = away_for_an_hour().await;
    for look in 1..36_u64 {
        world.leads(fence).await.expect("a look");
        let seen = world.watch.catch_up().expect("it goes on");
        assert_eq!((seen.rows, seen.left), (look * 10, 360 - look * 10));
        assert_eq!(seen.rows_per_second(), 1, "{seen:?}");
        assert_eq!(world.watch.runtime().and_then(|state| state.catch_up), Some(seen));
        assert_eq!(world.gaps().await, [], "nobody knows yet");
    }
    world.leads(fence).await.expect("the last look");
    assert_eq!(world.watch.catch_up(), None);
    assert_eq!(world.db.count("bans"), 360);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [], "fail2ban remembered all of it");
}

#[tokio::test]
async fn what_could_not_be_read_is_a_gap() {
    let (world, fence) = away_for_an_hour().await;
    for _ in 0..12 {
        world.leads(fence).await.expect("a look");
    }
    world.script.edit().history_fault = Some(HistoryFault::Unreadable("the disk is gone"));
    world.script.edit().page.0 = Duration::ZERO;
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [], "it is tried again for a while");
    world.script.pass(11);
    world.leads(fence).await.expect("a look");
    // 120 rows were read, one for each ten seconds.
    assert_eq!(world.gaps().await, [(1_200, 3_600, "unwatched")]);
    assert_eq!(world.watch.catch_up(), None);
    let problems = world.watch.problems();
    assert_eq!(problems[0].code, ProblemCode::DatabaseUnreadable);
    assert!(problems[0].detail.contains("the disk is gone"), "{problems:?}");
}

#[tokio::test]
async fn a_database_that_stays_locked_is_not_taken_for_read() {
    let world = World::new().await;
    let fence = world.lead().await;
    world.leads(fence).await.expect("a look");
    world.script.pass(3_600);
    world.script.edit().history_fault = Some(HistoryFault::Busy);
    let world = world.restarted().await;
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [], "its owner writes for a moment");
    world.script.pass(11);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [(0, 3_600, "unwatched")]);
    let problems = world.watch.problems();
    assert!(problems[0].detail.contains("locked"), "{problems:?}");
    // It is named until it is read again.
    world.script.edit().history_fault = None;
    world.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    world.leads(fence).await.expect("a look");
    world.script.pass(1);
    world.leads(fence).await.expect("a look");
    assert!(world.watch.problems().is_empty());
}

#[tokio::test]
async fn a_first_reading_that_fails_for_a_moment_makes_no_gap() {
    for fault in [HistoryFault::Busy, HistoryFault::Unreadable("it cannot be opened just now")] {
        let (world, fence) = away_for_an_hour().await;
        world.script.edit().page = (Duration::from_secs(1), usize::MAX);
        world.script.edit().history_fault = Some(fault);
        for _ in 0..6 {
            world.leads(fence).await.expect("a look");
            assert_eq!(world.gaps().await, [], "it is tried again");
            world.script.edit().spend(Duration::from_millis(500));
        }
        world.script.edit().history_fault = None;
        for _ in 0..12 {
            world.leads(fence).await.expect("a look");
            world.script.edit().spend(Duration::from_millis(500));
        }
        assert_eq!(world.db.count("bans"), 360);
        assert_eq!(world.gaps().await, [], "fail2ban remembered all of it");
    }
}

#[tokio::test]
async fn a_database_that_is_given_up_ends_its_catch_up() {
    let (world, fence) = away_for_an_hour().await;
    for _ in 0..12 {
        world.leads(fence).await.expect("a look");
    }
    world.script.edit().history_fault = Some(HistoryFault::Unreadable("the disk is gone"));
    world.leads(fence).await.expect("a look");
    assert!(world.watch.catch_up().is_some());
    assert_eq!(world.watch.problems().len(), 1);
    // fail2ban is started again with `dbfile = None`.
    world.script.edit().connection += 1;
    world.script.edit().keeps_no_database = true;
    world.watch.online(world.script.probe().await.expect("it answers"));
    world.script.pass(5);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.watch.catch_up(), None);
    assert!(world.watch.problems().is_empty(), "{:?}", world.watch.problems());
    world.script.pass(60);
    world.leads(fence).await.expect("a look");
    assert_eq!(world.gaps().await, [(0, 3_600, "unwatched")], "nobody will tell of it any more");
}

/// fail2ban's real reader on a disk that takes its time.
struct Slow(Script, Fail2banDb);

#[async_trait]
impl Fail2banHistory for Slow {
    async fn read(&self, path: &str, after: HistoryCursor, limit: u16) -> Result<HistoryPage, HistoryError> {
        self.0.edit().spend(Duration::from_millis(300));
        self.1.read(path, after, limit).await
    }
}

fn database(path: &Path, rows: u32) {
    let mut file = SqliteFile::open(path);
    file.execute(
        "CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL, \
         bancount INTEGER NOT NULL default 1, data JSON)",
    );
    file.execute("CREATE INDEX bans_jail_timeofban_ip ON bans(jail, timeofban)");
    file.execute("CREATE INDEX bans_jail_ip ON bans(jail, ip)");
    file.execute("CREATE INDEX bans_ip ON bans(ip)");
    file.execute(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows}) \
         INSERT INTO bans SELECT 'sshd', '10.' || (i >> 16) || '.' || (i >> 8 & 255) || '.' || (i & 255), \
         {START} - {rows} + i, -1, 1, '{{\"matches\": [\"a line\"], \"failures\": 3}}' FROM n"
    ));
}

#[tokio::test]
async fn a_hundred_and_twenty_thousand_rows_are_all_taken() {
    const ROWS: u32 = 120_000;
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("fail2ban.sqlite3");
    database(&path, ROWS);
    let script = Script::new();
    let slow = Arc::new(Slow(script.clone(), Fail2banDb::default()));
    let world = World::reading(script, slow, path.to_str().expect("a path")).await;
    let (mut looks, mut read) = (0, 0);
    loop {
        world.look().await;
        looks += 1;
        let Some(seen) = world.watch.catch_up() else { break };
        assert!(seen.rows > read, "each look moves it forward: {seen:?}");
        assert!(seen.rows + seen.left >= ROWS.into(), "{seen:?}");
        read = seen.rows;
    }
    assert!(looks > 100, "{looks}");
    assert_eq!(world.db.count("bans"), i64::from(ROWS));
}
