//! Opening the database: what cannot be opened says what to do, and never a secret.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use bangui_domain::model::{NewUser, Timestamp};
use bangui_domain::ports::{StoreError, UserStore};
use bangui_persistence::{Db, DbError, DbKind, DbOptions, sqlite_file};
use bangui_test_support::db::{Place, SqliteFile, TestDb, options};

async fn refused(url: &str, options: &DbOptions) -> DbError {
    match Db::connect(url, options).await {
        Ok(db) => panic!("{url} was opened: {db:?}"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn the_scheme_alone_decides() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("typo.db");
    for url in [
        format!("postgress://{}", path.display()),
        format!("sqlite3://{}", path.display()),
        path.display().to_string(),
        "mysql://host/db".to_owned(),
        String::new(),
    ] {
        let error = refused(&url, &options()).await;
        assert!(matches!(error, DbError::Url { .. }), "{url}: {error:?}");
        assert!(error.to_string().contains("sqlite:///absolute/path"), "{error}");
        assert!(sqlite_file(&url).is_err());
    }
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "a typo made a file");
    assert_eq!(sqlite_file("sqlite:///a%20b.db").unwrap(), Some("/a b.db".into()));
    assert_eq!(sqlite_file("postgresql://host/db").unwrap(), None);
}

#[tokio::test]
async fn a_file_is_made_only_when_asked_for_and_for_its_owner_alone() {
    let place = Place::new(DbKind::Sqlite);
    let error = refused(place.url(), &DbOptions { create: false, ..options() }).await;
    assert!(matches!(error, DbError::Missing { .. }), "{error:?}");

    let db = Db::connect(place.url(), &options()).await.unwrap();
    db.migrate().await.unwrap();
    let path = db.sqlite_path().unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let header = std::fs::read(path).unwrap();
    assert_eq!(header[18..20], [2, 2], "the file is in WAL mode");
    assert_eq!(db.kind(), DbKind::Sqlite);
    assert!(db.place().ends_with("bangui.db"));
    Db::connect(place.url(), &DbOptions { create: false, ..options() }).await.unwrap();
}

#[tokio::test]
async fn a_directory_that_cannot_hold_it_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "text").unwrap();

    let below_file = refused(&format!("sqlite://{}/bangui.db", file.display()), &options()).await;
    assert!(matches!(below_file, DbError::NotWritable { .. }), "{below_file:?}");
    let forbidden = refused("sqlite:///proc/bangui.db", &options()).await;
    assert!(matches!(forbidden, DbError::NotWritable { .. }), "{forbidden:?}");
    assert!(forbidden.to_string().contains("/proc/bangui.db"), "{forbidden}");
    let missing = directory.path().join("not/there");
    let error = refused(&format!("sqlite://{}/bangui.db", missing.display()), &options()).await;
    assert!(
        matches!(&error, DbError::NoDirectory { path } if *path == missing.display().to_string()),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_no_sqlite_file_is_refused_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("notes.txt");
    let text = "not a database, ".repeat(500);
    std::fs::write(&file, &text).unwrap();
    let error = refused(&format!("sqlite://{}", file.display()), &options()).await;
    assert!(matches!(error, DbError::Sqlite { .. }), "{error:?}");
    assert!(error.to_string().contains("not a database"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    let error = refused(&format!("sqlite://{}", directory.path().display()), &options()).await;
    assert!(matches!(error, DbError::Sqlite { .. }), "{error:?}");
}

#[tokio::test]
async fn odd_characters_in_a_path_are_no_syntax() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/a%20b%3F%23%25.db", directory.path().display());
    let db = Db::connect(&url, &options()).await.unwrap();
    db.migrate().await.unwrap();
    assert!(directory.path().join("a b?#%.db").is_file());
}

#[tokio::test]
async fn no_secret_is_told() {
    let wait = DbOptions { connect_wait: Duration::ZERO, ..options() };
    for url in [
        "postgres://bangui:s3cr%2Fet@127.0.0.1:1/bangui",
        "postgres://bangui:s3cr%2Fet@127.0.0.1:port/bangui",
        "postgres://bangui@127.0.0.1:1/bangui?password=s3cr%2Fet&nonsense=1",
        "postgres://bangui:s3cr%2Fet@[127.0.0.1:1/bangui",
    ] {
        let error = refused(url, &wait).await;
        assert!(matches!(error, DbError::Postgres { .. }), "{url}: {error:?}");
        let told = format!("{error} {error:?}");
        assert!(!told.contains("s3cr"), "{told}");
        assert!(told.contains("127.0.0.1"), "{told}");
    }
}

#[tokio::test]
async fn a_password_that_would_be_taken_for_a_host_is_refused() {
    for url in [
        "postgres://bangui:s3cr/et@127.0.0.1:1/bangui",
        "postgres://bangui:s3cr?et@127.0.0.1:1/bangui",
        "postgres://bangui:s3cr@et@127.0.0.1:1/bangui",
        "postgres://bangui:s3cr#et/x@127.0.0.1:1/bangui",
    ] {
        let error = refused(url, &options()).await;
        assert!(matches!(error, DbError::Url { .. }), "{url}: {error:?}");
        let told = format!("{error} {error:?}");
        assert!(!told.contains("s3cr") && told.contains("%2F"), "{told}");
    }
}

fn user(name: &str) -> NewUser {
    NewUser { name: name.into(), password_hash: "$".into(), created_at: Timestamp::from_secs(0) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_late_is_waited_for() {
    let (late, other) = (TestDb::postgres().await, TestDb::postgres().await);
    let name = late.url().rsplit('/').next().unwrap().to_owned();
    other.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    let url = late.url().to_owned();
    let waiting = tokio::spawn(async move {
        Db::connect(&url, &DbOptions { connect_wait: Duration::from_mins(1), ..options() }).await
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    other.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    let db = waiting.await.unwrap().unwrap();
    assert!(!UserStore::any(&db).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_server_is_met_again_and_a_lost_one_is_unavailable() {
    let (test, other) = (TestDb::postgres().await, TestDb::postgres().await);
    let name = test.url().rsplit('/').next().unwrap().to_owned();
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    UserStore::create(test.db(), &user("one")).await.unwrap();
    other.execute(&cut);
    UserStore::create(test.db(), &user("two")).await.unwrap();

    other.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false; {cut}"));
    let lost = UserStore::any(test.db()).await.unwrap_err();
    assert!(matches!(lost, StoreError::Unavailable(_)), "{lost:?}");
    other.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    assert!(UserStore::any(test.db()).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_file_is_busy_for_writers_and_open_for_readers() {
    let test = TestDb::sqlite().await;
    UserStore::create(test.db(), &user("one")).await.unwrap();
    let mut other = SqliteFile::open(test.db().sqlite_path().unwrap());
    other.execute("BEGIN IMMEDIATE; DELETE FROM users;");
    assert!(UserStore::any(test.db()).await.unwrap(), "what is not committed is not seen");
    let busy = UserStore::create(test.db(), &user("two")).await.unwrap_err();
    assert!(matches!(busy, StoreError::Busy), "{busy:?}");
    other.execute("ROLLBACK");
    UserStore::create(test.db(), &user("two")).await.unwrap();
}
