//! Migrations: all or none, one process at a time, and only on a database that is BanGUI's own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bangui_domain::ports::UserStore;
use bangui_persistence::{Db, DbError, DbKind};
use bangui_test_support::both_databases;
use bangui_test_support::db::{Place, SqliteFile, TestDb, options};

fn folder(database: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database)
}

fn names(database: &str) -> BTreeSet<String> {
    std::fs::read_dir(folder(database))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    let sqlite = names("sqlite");
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, names("postgres"));
    for (database, name) in
        ["sqlite", "postgres"].iter().flat_map(|kind| sqlite.iter().map(move |name| (kind, name)))
    {
        for file in ["up.sql", "down.sql"] {
            assert!(folder(database).join(name).join(file).is_file(), "{database}/{name}/{file}");
        }
    }
}

async fn many_migrate_at_once(kind: DbKind) {
    let place = Place::new(kind);
    let mut starters = Vec::new();
    for _ in 0..4 {
        let url = place.url().to_owned();
        starters.push(tokio::spawn(async move {
            let db = Db::connect(&url, &options()).await.unwrap();
            db.migrate().await.unwrap().applied
        }));
    }
    let mut applied = Vec::new();
    for starter in starters {
        applied.extend(starter.await.unwrap());
    }
    let versions: Vec<_> =
        names("sqlite").iter().map(|name| name.split('_').next().unwrap().to_owned()).collect();
    assert_eq!(applied, versions, "each migration was applied by one of them, in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_migrate_sqlite_at_once() {
    many_migrate_at_once(DbKind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_migrate_postgres_at_once() {
    many_migrate_at_once(DbKind::Postgres).await;
}

both_databases!(a_second_migration_has_nothing_to_do, |test| async move {
    assert!(test.db().migrate().await.unwrap().applied.is_empty());
});

both_databases!(a_database_of_a_newer_version_is_refused, |test| async move {
    test.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let refused = test.db().migrate().await.unwrap_err();
    assert!(matches!(refused, DbError::Newer { .. }), "{refused:?}");
    let message = refused.to_string();
    assert!(message.contains("9999") && message.contains("newer BanGUI"), "{message}");
});

both_databases!(a_failed_migration_leaves_nothing, |test| async move {
    // A later migration meets a table that is there already; those before it would have worked.
    for name in names("sqlite").iter().rev() {
        test.execute(&down(&test, name));
    }
    test.execute("DELETE FROM __diesel_schema_migrations; CREATE TABLE audit (id INTEGER);");
    let refused = test.db().migrate().await.unwrap_err();
    assert!(matches!(refused, DbError::Migration { .. }), "{refused:?}");
    assert_eq!(test.count("__diesel_schema_migrations"), 0);
    test.execute("DROP TABLE audit");
    assert_eq!(test.db().migrate().await.unwrap().applied.len(), names("sqlite").len());
});

both_databases!(migrations_can_be_taken_back, |test| async move {
    for name in names("sqlite").iter().rev() {
        test.execute(&down(&test, name));
    }
    test.execute("DELETE FROM __diesel_schema_migrations");
    assert_eq!(test.db().migrate().await.unwrap().applied.len(), names("sqlite").len());
    assert!(!UserStore::any(test.db()).await.unwrap());
});

fn down(test: &TestDb, name: &str) -> String {
    let database = if test.db().kind() == DbKind::Sqlite { "sqlite" } else { "postgres" };
    std::fs::read_to_string(folder(database).join(name).join("down.sql")).unwrap()
}

#[tokio::test]
async fn the_database_of_another_program_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("fail2ban.sqlite3");
    SqliteFile::open(&path).execute("CREATE TABLE bans (ip TEXT)");
    let db = Db::connect(&format!("sqlite://{}", path.display()), &options()).await.unwrap();
    let refused = db.migrate().await.unwrap_err();
    assert!(matches!(&refused, DbError::Foreign { table, .. } if table == "bans"), "{refused:?}");
    SqliteFile::open(&path).execute("CREATE TABLE users (a TEXT)");
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let test = TestDb::sqlite().await;
    test.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("bangui.db");
    let mut bytes = std::fs::read(test.db().sqlite_path().unwrap()).unwrap();
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    // Which page is damaged decides whether that shows at once.
    let refused = match Db::connect(&format!("sqlite://{}", path.display()), &options()).await {
        Ok(db) => db.migrate().await.unwrap_err(),
        Err(refused) => refused,
    };
    assert!(matches!(refused, DbError::Damaged { .. }), "{refused:?}");
    assert!(refused.to_string().contains("backup"), "{refused}");
}
