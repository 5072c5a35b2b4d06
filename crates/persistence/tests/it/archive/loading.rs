//! What is loaded is what was read, whichever databases they are, and what a database must keep of itself it keeps.

use bangui_domain::model::{Fence, Lease};
use bangui_domain::ports::{BanStore, LeaseStore, SCHEDULER_LEASE};
use bangui_persistence::DbKind;
use bangui_persistence::archive::{ArchiveReader, Snapshot, Source};
use bangui_test_support::db::{Place, TestDb};

use super::{archive, connect, full, kept, source, verify};
use crate::bans::{ban, record};

const ODD: &str = "INSERT INTO audit (server_id, occurred_at, user_name, action, subject, detail) VALUES \
     ('local', 9223372036854775807, '', 'ban', '''; DROP TABLE users; --', 'C:\\x \"quoted\" $1 \u{1F512} \u{7F}'), \
     ('local', -9223372036854775807, 'null', 'ban', '[1, 2]', '{\"a\": \"b\\u0000\"}'), \
     ('local', 0, ' ', 'ban', 'two\nlines\tand\r\nmore', 'z\u{301}\u{2028}\u{FFFD}')";

async fn moves(from: DbKind, to: DbKind) {
    let (old, by_file, directly) = (full(from), Place::new(to), Place::new(to));
    old.execute(ODD).unwrap();
    let before = kept(old.url());
    assert!(before["audit"].len() > 3, "those of the fixture, and the odd ones");

    connect(&by_file).await.load(source(archive(old.url())), false, None).await.unwrap();
    let snapshot = Snapshot::open(old.url()).unwrap();
    let copied = connect(&directly).await.load(Source::Database(snapshot), false, None).await.unwrap();
    assert_eq!(usize::try_from(copied.rows()).unwrap(), before.values().map(Vec::len).sum::<usize>());
    for new in [&by_file, &directly] {
        assert_eq!(kept(new.url()), before);
        for table in ["sessions", "runtime_state", "scheduler_lock"] {
            assert_eq!(new.count(&format!("SELECT count(*) AS count FROM {table}")).unwrap(), 0);
        }
        // Numbers go on behind those that came.
        let db = connect(new).await;
        assert!(db.migrate().await.unwrap().applied.is_empty());
        let event = record(&db, vec![ban("sshd", "192.0.2.77", 0)], Vec::new()).await.remove(0);
        assert_eq!(event.id.0, 6);
    }
}

#[tokio::test]
async fn sqlite_moves_to_sqlite() {
    moves(DbKind::Sqlite, DbKind::Sqlite).await;
}

#[tokio::test]
async fn sqlite_moves_to_postgres() {
    moves(DbKind::Sqlite, DbKind::Postgres).await;
}

#[tokio::test]
async fn postgres_moves_to_sqlite() {
    moves(DbKind::Postgres, DbKind::Sqlite).await;
}

#[tokio::test]
async fn postgres_moves_to_postgres() {
    moves(DbKind::Postgres, DbKind::Postgres).await;
}

#[tokio::test]
async fn a_nul_that_sqlite_holds_is_stored_as_everywhere() {
    let (old, new) = (full(DbKind::Sqlite), Place::new(DbKind::Postgres));
    old.execute("UPDATE audit SET detail = 'a' || char(0) || 'b' WHERE id = 1").unwrap();
    connect(&new).await.load(source(archive(old.url())), false, None).await.unwrap();
    assert_eq!(kept(new.url())["audit"][0]["detail"], "a\u{FFFD}b");
}

bangui_test_support::both_databases!(
    a_replaced_database_keeps_its_lock_and_uses_no_number_twice,
    |test| async move {
        let fence = test.lead().await;
        for number in 0..20 {
            record(test.db(), vec![ban("sshd", &format!("192.0.2.{number}"), number)], Vec::new()).await;
        }
        test.db().release(SCHEDULER_LEASE, fence).await.unwrap();
        let old = full(DbKind::Sqlite);
        test.db().load(source(archive(old.url())), true, None).await.unwrap();
        let without_counters = |url: &str| {
            let mut rows = kept(url);
            rows.remove("counters");
            rows
        };
        assert_eq!(without_counters(test.url()), without_counters(old.url()));

        // What the process that led before still has to write is refused, and the next leads under a higher token.
        let late =
            BanStore::record(test.db(), &crate::bans::fenced(fence, vec![ban("sshd", "192.0.2.50", 1)]))
                .await;
        assert!(late.is_err());
        assert_eq!(test.lead().await, Fence(fence.0 + 1));
        // An open page has seen the numbers up to 20.
        let event = record(test.db(), vec![ban("sshd", "192.0.2.77", 0)], Vec::new()).await.remove(0);
        assert_eq!(event.id.0, 21);
    }
);

bangui_test_support::both_databases!(an_older_archive_comes_up_to_date_as_it_is_loaded, |test| async move {
    record(test.db(), vec![ban("sshd", "192.0.2.50", 1)], Vec::new()).await;
    let old = Place::of_schema(DbKind::Sqlite, "0003");
    let bytes = archive(old.url());
    let contents = test.db().load(source(bytes), true, None).await.unwrap();
    assert_eq!(contents.tables().last(), Some(("audit", 6)));
    let now = kept(test.url());
    assert_eq!((now["login_tries"].len(), now["audit"].len(), now["bans"].len()), (0, 6, 4));
    assert!(test.db().migrate().await.unwrap().applied.is_empty());
});

/// The lock as it stands.
async fn lock(test: &TestDb) -> Lease {
    test.db().current(SCHEDULER_LEASE).await.unwrap().unwrap()
}

bangui_test_support::both_databases!(
    a_lock_that_was_watched_in_vain_does_not_keep_anybody_out,
    |test| async move {
        let fence = test.lead().await;
        let unrenewed = lock(&test).await;
        let old = full(DbKind::Sqlite);
        test.db().load(source(archive(old.url())), true, Some(unrenewed)).await.unwrap();
        assert!(lock(&test).await.is_free());
        assert_eq!(test.db().renew(SCHEDULER_LEASE, fence, 60_000).await.unwrap(), None);
    }
);

/// An archive that stops in the middle until it may go on.
struct Slow {
    parts: Vec<Vec<u8>>,
    stopped: std::sync::mpsc::Sender<()>,
    go_on: std::sync::mpsc::Receiver<()>,
}

impl std::io::Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.parts.len() == 1 {
            // Told once; later reads find nobody who listens, or nothing more to wait for.
            let _nobody = self.stopped.send(());
            let _over = self.go_on.recv();
        }
        let Some(part) = self.parts.first_mut() else { return Ok(0) };
        let length = part.len().min(buffer.len());
        buffer[..length].copy_from_slice(&part[..length]);
        part.drain(..length);
        if part.is_empty() {
            self.parts.remove(0);
        }
        Ok(length)
    }
}

bangui_test_support::both_databases!(a_server_that_starts_meanwhile_waits_for_the_end, |test| async move {
    let bytes = archive(full(DbKind::Sqlite).url());
    let rows = verify(bytes.clone()).unwrap().rows();
    let (head, tail) = bytes.split_at(400);
    let (stopped, has_stopped) = std::sync::mpsc::channel();
    let (may_go_on, go_on) = std::sync::mpsc::channel();
    let slow = Slow { parts: vec![head.to_vec(), tail.to_vec()], stopped, go_on };
    let source = Source::Archive(ArchiveReader::open("slow", slow).unwrap());
    let db = test.db().clone();
    let loading = tokio::spawn(async move { db.load(source, true, None).await });
    tokio::task::spawn_blocking(move || has_stopped.recv().unwrap()).await.unwrap();

    let starting = test.second().await;
    let starting = tokio::spawn(async move { starting.migrate().await });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!starting.is_finished());
    drop(may_go_on);
    assert_eq!(loading.await.unwrap().unwrap().rows(), rows);
    let report = starting.await.unwrap().unwrap();
    assert!(report.before.is_some() && report.applied.is_empty(), "{report:?}");
});
