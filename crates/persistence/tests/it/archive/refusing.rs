//! What is not loaded, and not read; and that whatever was there is there afterwards.

use bangui_domain::ports::{LeaseStore, SCHEDULER_LEASE};
use bangui_persistence::archive::{ArchiveError, Snapshot};
use bangui_persistence::{DbError, DbKind};
use bangui_test_support::both_databases;
use bangui_test_support::db::{Place, SqliteFile};

use super::{archive, connect, full, kept, source};
use crate::bans::{ban, record};

/// An archive of something else than what the tests begin with.
fn another() -> Vec<u8> {
    archive(full(DbKind::Sqlite).url())
}

both_databases!(a_database_with_data_is_replaced_only_when_that_is_said, |test| async move {
    test.db().load(source(another()), false, None).await.unwrap();
    let before = kept(test.url());
    let refused = test.db().load(source(another()), false, None).await.unwrap_err();
    assert!(
        matches!(&refused, ArchiveError::NotEmpty { table, .. } if table == "active_bans"),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("--replace"), "{refused}");
    assert!(matches!(test.db().judge_target(false).await, Err(ArchiveError::NotEmpty { .. })));
    assert!(test.db().judge_target(true).await.unwrap());
    assert_eq!(kept(test.url()), before);
});

both_databases!(a_database_in_use_is_left_alone, |test| async move {
    record(test.db(), vec![ban("sshd", "192.0.2.50", 1)], Vec::new()).await;
    let fence = test.lead().await;
    let seen = test.db().current(SCHEDULER_LEASE).await.unwrap();
    test.db().renew(SCHEDULER_LEASE, fence, 90_000).await.unwrap().unwrap();
    // Nobody has watched it; then it was renewed since.
    for watched in [None, seen] {
        let before = kept(test.url());
        let refused = test.db().load(source(another()), true, watched).await.unwrap_err();
        assert!(matches!(&refused, ArchiveError::InUse { lease, .. } if lease.fence == fence), "{refused:?}");
        assert_eq!(kept(test.url()), before);
    }
});

both_databases!(a_load_that_fails_leaves_what_was_there, |test| async move {
    record(test.db(), vec![ban("sshd", "192.0.2.50", 1)], Vec::new()).await;
    let before = kept(test.url());
    let mut cut = another();
    cut.truncate(cut.len() - 40);
    let refused = test.db().load(source(cut), true, None).await.unwrap_err();
    assert!(matches!(&refused, ArchiveError::Unfit { why, .. } if why.contains("cut off")), "{refused:?}");
    assert_eq!(kept(test.url()), before);
    assert!(test.db().migrate().await.unwrap().applied.is_empty());
    record(test.db(), vec![ban("sshd", "192.0.2.51", 1)], Vec::new()).await;
});

both_databases!(a_newer_database_is_neither_read_nor_filled, |test| async move {
    test.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let newer = |error: ArchiveError| {
        assert!(matches!(&error, ArchiveError::Db(DbError::Newer { .. })), "{error:?}");
        assert!(error.to_string().contains("9999"), "{error}");
    };
    newer(Snapshot::open(test.url()).err().unwrap());
    newer(Snapshot::pending(test.url()).unwrap_err());
    newer(test.db().judge_target(true).await.unwrap_err());
    newer(test.db().load(source(another()), true, None).await.unwrap_err());
});

both_databases!(a_database_without_tables_has_nothing_to_read, |test| async move {
    let place = Place::new(test.db().kind());
    if test.db().kind() == DbKind::Sqlite {
        let missing = Snapshot::open(place.url()).err().unwrap();
        assert!(matches!(&missing, ArchiveError::Db(DbError::Missing { .. })), "{missing:?}");
    }
    drop(connect(&place).await);
    let empty = Snapshot::open(place.url()).err().unwrap();
    assert!(matches!(&empty, ArchiveError::NoTables { .. }), "{empty:?}");
    let pending = Snapshot::pending(place.url()).unwrap();
    assert_eq!(pending.versions, bangui_test_support::db::schema::versions());
    assert!(Snapshot::pending(test.url()).unwrap().versions.is_empty());
});

#[tokio::test]
async fn the_file_of_another_program_is_left_alone() {
    let place = Place::new(DbKind::Sqlite);
    let path = place.url().trim_start_matches("sqlite://");
    SqliteFile::open(path.as_ref()).execute("CREATE TABLE bans (ip TEXT)");
    let foreign = |error: ArchiveError| {
        assert!(matches!(&error, ArchiveError::Db(DbError::Foreign { .. })), "{error:?}");
    };
    foreign(Snapshot::open(place.url()).err().unwrap());
    foreign(Snapshot::pending(place.url()).unwrap_err());
    foreign(connect(&place).await.load(source(another()), true, None).await.unwrap_err());
}

#[tokio::test]
async fn what_is_no_text_or_number_in_sqlite_is_named() {
    for (odd, why) in [
        ("UPDATE audit SET detail = CAST(x'61ff' AS TEXT) WHERE id = 2", "UTF-8"),
        ("UPDATE bans SET failures = 1.5 WHERE id = 3", "failures"),
        ("UPDATE bans SET failures = 'many' WHERE id = 3", "failures"),
    ] {
        let place = full(DbKind::Sqlite);
        place.execute(odd).unwrap();
        let refused = Snapshot::open(place.url()).unwrap().read(&mut |_| Ok(())).unwrap_err();
        assert!(matches!(&refused, ArchiveError::Table { .. }), "{refused:?}");
        let told = refused.to_string();
        assert!(told.contains("row 2") && told.contains(why), "{told}");
    }
}

#[tokio::test]
async fn a_view_in_the_place_of_a_table_is_not_asked() {
    let place = full(DbKind::Sqlite);
    place.execute("DROP TABLE audit").unwrap();
    place.execute("CREATE VIEW audit AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n").unwrap();
    let refused = Snapshot::open(place.url()).err().unwrap();
    assert!(matches!(&refused, ArchiveError::Db(DbError::Sqlite { .. })), "{refused:?}");
    assert!(refused.to_string().contains("audit is a view"), "{refused}");
}

#[tokio::test]
async fn a_column_that_is_computed_is_not_asked() {
    let place = full(DbKind::Sqlite);
    place.execute("ALTER TABLE audit ADD COLUMN odd AS (detail GLOB '*a*a*a*a*b')").unwrap();
    let refused = Snapshot::open(place.url()).err().unwrap();
    assert!(
        refused.to_string().contains("audit.odd is a view, a virtual table or a generated column"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_damaged_file_is_not_read() {
    let place = full(DbKind::Sqlite);
    let path = place.url().trim_start_matches("sqlite://");
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(0xA5);
    std::fs::write(path, bytes).unwrap();
    let damaged = Snapshot::open(place.url()).err().unwrap();
    assert!(matches!(&damaged, ArchiveError::Db(DbError::Damaged { .. })), "{damaged:?}");
}
