//! What can be wrong with BanGUI's own database.

use std::path::Path;

use bangui_persistence::DbKind;
use bangui_test_support::db::{Place, SqliteFile};

use super::{Visit, mode};
use crate::server::{Server, Setup};

fn nowhere() -> &'static Path {
    Path::new("/nowhere/f.sock")
}

/// A database that a server has made and left.
fn left_behind(kind: DbKind) -> Place {
    let place = Place::new(kind);
    let mut setup = Setup::with_socket(nowhere());
    setup.settings.push(("BANGUI_DATABASE__URL", place.url().to_owned()));
    let mut server = Server::start(&setup);
    server.signal(rustix::process::Signal::TERM);
    assert_eq!(server.wait(), 0);
    place
}

fn visit(place: &Place) -> Visit {
    Visit::to(nowhere()).set("BANGUI_DATABASE__URL", place.url())
}

#[test]
fn a_database_that_is_older_newer_or_nobodys_is_told_and_left_as_it_is() {
    for kind in [DbKind::Sqlite, DbKind::Postgres] {
        let place = left_behind(kind);
        let visit = visit(&place);
        let found = visit.findings();
        found.has("database", "ok", "has this version's tables", "");
        found.has("scheduler lock", "ok", "nobody holds it", "");

        let versions = "SELECT count(*) AS count FROM __diesel_schema_migrations";
        let known = place.count(versions).expect("a number");
        place.execute("DELETE FROM __diesel_schema_migrations WHERE version = '0006'").expect("SQL");
        visit.findings().has("database", "warning", "1 migration(s) are to be applied", "bangui migrate");
        place
            .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('0006'), ('9999')")
            .expect("SQL");
        visit.findings().has("database", "failure", "9999", "Run that version");
        assert_eq!(place.count(versions).expect("a number"), known + 1, "doctor migrates nothing");

        place.execute("UPDATE scheduler_lock SET expires_at = 1000").expect("SQL");
        visit.findings().has("scheduler lock", "warning", "left behind by process", "takes the lock over");
    }
}

#[test]
fn a_database_that_is_empty_or_not_there_waits_for_the_first_start() {
    let visit = Visit::to(nowhere());
    visit.findings().has("database", "skipped", "is not there yet", "");
    assert!(!visit.home.path().join("bangui.db").exists(), "doctor makes nothing");
    let place = Place::new(DbKind::Postgres);
    self::visit(&place).findings().has("database", "ok", "is empty", "");
    let tables = "SELECT count(*) AS count FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(place.count(tables).expect("a number"), 0);
}

#[test]
fn a_database_that_takes_no_writes_or_does_not_answer_is_told() {
    let place = left_behind(DbKind::Postgres);
    let name = place.url().rsplit('/').next().expect("a name").to_owned();
    place.execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).expect("SQL");
    visit(&place).findings().has("database", "failure", "takes no writes", "write permission");

    let away = Visit::to(nowhere()).set("BANGUI_DATABASE__URL", "postgres://u:hunter2@127.0.0.1:1/d");
    let found = away.findings();
    found.has("database", "failure", "127.0.0.1:1", "does not start");
    assert!(!format!("{:?}", found.0).contains("hunter2"));
}

#[test]
fn data_files_that_are_open_to_all_or_belong_to_others_are_told() {
    let place = left_behind(DbKind::Sqlite);
    let visit = visit(&place);
    let file = Path::new(place.url().strip_prefix("sqlite://").expect("a file")).to_owned();
    mode(&file, 0o644);
    visit.findings().has("data files", "warning", "can be read by everybody", "chmod o-rwx");
    mode(&file, 0o600);
    let queue = file.with_file_name("bangui-jobs.db");
    std::os::unix::fs::chown(&queue, Some(65_534), None).expect("root may give files away");
    visit.findings().has("data files", "failure", "bangui-jobs.db belong(s) to another user", "chown 0");

    std::os::unix::fs::chown(&file, Some(65_534), None).expect("root may give files away");
    let what = "to whom the database in it belongs, may not write there";
    visit.findings().has("data files", "failure", what, "chown 65534");

    std::fs::remove_file(&file).expect("gone");
    SqliteFile::open(&file).execute("CREATE TABLE fail2banDb (version INTEGER)");
    visit.findings().has("database", "failure", "has the table fail2banDb", "of BanGUI's own");
}
