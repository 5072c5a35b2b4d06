//! `bangui backup`, `bangui restore` and `bangui copy`, beside servers that run and in their place.

use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use bangui_persistence::DbKind;
use bangui_test_support::db::{Place, SqliteFile, schema};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;

use crate::command::run;
use crate::lab::fail2ban;
use crate::server::{Server, Setup, bangui, eventually};

/// The user `nobody` of every Linux.
const NOBODY: u32 = 65_534;

/// Runs a command on the database at `url`.
pub(crate) fn on(url: &str, arguments: &[&str]) -> (i32, String) {
    run(bangui().args(arguments).env("BANGUI_DATABASE__URL", url))
}

fn done(url: &str, arguments: &[&str]) -> String {
    let (code, text) = on(url, arguments);
    assert_eq!(code, 0, "{arguments:?}: {text}");
    text
}

/// A database with rows in every table.
fn full(kind: DbKind) -> Place {
    Place::of_schema(kind, schema::versions().last().expect("a migration"))
}

fn file(dir: &TempDir, name: &str) -> String {
    dir.path().join(name).to_str().expect("a path").to_owned()
}

fn setup(url: &str) -> Setup {
    let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
    setup.settings.push(("BANGUI_DATABASE__URL", url.to_owned()));
    setup
}

#[test]
fn a_backup_beside_a_server_that_bans_serves_on_the_other_database() {
    let fail2ban = fail2ban();
    let dir = TempDir::new().expect("a directory");
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    let url = format!("sqlite://{}/bangui.db", server.dir.path().display());
    let over = AtomicBool::new(false);
    let archive = file(&dir, "last.gz");
    let before = std::thread::scope(|scope| {
        let banned = scope.spawn(|| {
            let mut banned = Vec::new();
            // No more than a page of the history holds.
            while !over.load(Ordering::SeqCst) && banned.len() < 500 {
                let address = format!("198.18.{}.{}", banned.len() / 250, banned.len() % 250);
                let order = json!({"ip": address, "jail": "nginx"});
                assert_eq!(server.call("POST", "/api/bans", Some(&order)).0, 201);
                banned.push(address);
            }
            banned
        });
        let known = || server.items("/api/events?limit=500").len();
        eventually("some bans", || (known() >= 5).then_some(()));
        done(&url, &["backup", &file(&dir, "first.gz")]);
        let before = known();
        done(&url, &["backup", &archive]);
        over.store(true, Ordering::SeqCst);
        let banned = banned.join().expect("the bans");
        assert!(banned.len() >= before, "{} and {before}", banned.len());
        before
    });

    let place = Place::new(DbKind::Postgres);
    assert!(done(&file(&dir, "x.db"), &["restore", "--check", &archive]).contains("is whole"));
    done(place.url(), &["restore", &archive]);
    for (query, what) in [
        (
            "SELECT count(*) AS count FROM (SELECT 1 FROM bans GROUP BY address_id, jail_id, banned_at \
             HAVING count(*) > 1) AS doubled",
            "a ban that is there twice",
        ),
        (
            "SELECT count(*) AS count FROM active_bans WHERE NOT EXISTS (SELECT 1 FROM bans AS b \
             JOIN addresses AS a ON a.id = b.address_id JOIN jails AS j ON j.id = b.jail_id \
                   WHERE a.ip = active_bans.ip AND j.name = active_bans.jail AND b.end_id IS NULL)",
            "a ban in force without its event",
        ),
    ] {
        assert_eq!(place.count(query).expect("a count"), 0, "{what}");
    }
    let mut restored = Server::start(&setup(place.url()));
    restored.share_session(&server);
    assert_eq!(restored.get("/api/auth/me").0, 401, "sessions are not in an archive");
    restored.log_in(crate::server::PASSWORD);
    let events: BTreeSet<String> = restored
        .items("/api/events?limit=500")
        .iter()
        .map(|event| event["ip"].as_str().expect("an address").to_owned())
        .collect();
    assert!(events.len() >= before && events.contains("198.18.0.0"), "{before}: {events:?}");
    assert_eq!(restored.items("/api/bans?limit=500").len(), events.len());
}

#[test]
fn nothing_is_restored_under_a_server_and_a_killed_one_is_known_to_be_gone() {
    let dir = TempDir::new().expect("a directory");
    let archive = file(&dir, "a.gz");
    done(full(DbKind::Postgres).url(), &["backup", &archive]);
    let mut server = Server::start(&Setup::with_socket(Path::new("/nowhere/fail2ban.sock")));
    let url = format!("sqlite://{}/bangui.db", server.dir.path().display());
    let (code, text) = on(&url, &["restore", "--replace", &archive]);
    assert_eq!(code, 75, "{text}");
    assert!(text.contains(&format!("process {}", server.pid())), "{text}");
    server.log_in(crate::server::PASSWORD);
    server.signal(Signal::KILL);
    server.wait();
    assert!(done(&url, &["restore", "--replace", &archive]).contains("bans 4"));
    // Nobody holds the lock, so that this start need not wait.
    let next = Server::start_and_login(&setup(&url));
    assert!(!next.log().contains("the scheduler lock is held"), "{}", next.log());
    assert_eq!(next.items("/api/events").len(), 5);
}

#[test]
fn nothing_is_copied_under_a_replica() {
    let (old, place) = (full(DbKind::Sqlite), Place::new(DbKind::Postgres));
    let mut server = Server::start(&setup(place.url()));
    let copy = ["copy", "--from", old.url(), "--to", place.url()];
    let (code, text) = on("", &copy);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("--replace") && text.contains("users"), "{text}");
    let replace = [&copy[..], &["--replace"]].concat();
    let (code, text) = on("", &replace);
    assert_eq!(code, 75, "{text}");
    assert!(text.contains(&format!("process {}", server.pid())), "{text}");
    server.signal(Signal::TERM);
    server.wait();
    done("", &replace);
    let next = Server::start_and_login(&setup(place.url()));
    assert_eq!(next.items("/api/events").len(), 5);
}

#[test]
fn urls_come_from_files_and_no_password_is_told() {
    let (old, place) = (full(DbKind::Sqlite), Place::new(DbKind::Postgres));
    let dir = TempDir::new().expect("a directory");
    let (from, to, wrong) = (file(&dir, "from"), file(&dir, "to"), file(&dir, "wrong"));
    std::fs::write(&from, format!("{}\n", old.url())).expect("written");
    let with_password = place.url().replace("postgres@", "postgres:s3cret@");
    assert!(with_password.contains("s3cret"));
    std::fs::write(&to, &with_password).expect("written");
    std::fs::write(&wrong, "postgres://bangui:s3cret@127.0.0.1:1/none").expect("written");
    let (code, text) = on("", &["copy", "--from-file", &wrong, "--to-file", &to]);
    assert_eq!(code, 69, "{text}");
    assert!(!text.contains("s3cret") && text.contains("127.0.0.1:1"), "{text}");
    let text = done("", &["copy", "--from-file", &from, "--to-file", &to]);
    assert!(!text.contains("s3cret") && text.contains("users 2"), "{text}");
    let (code, text) = on("", &["copy", "--from", &with_password, "--to-file", &to]);
    assert_eq!(code, 78, "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[test]
fn an_archive_is_a_whole_file_or_none() {
    let place = full(DbKind::Postgres);
    let dir = TempDir::new().expect("a directory");
    let archive = file(&dir, "a.gz");
    done(place.url(), &["backup", &archive]);
    let first = std::fs::read(&archive).expect("an archive");
    assert_eq!(std::fs::metadata(&archive).expect("a file").permissions().mode() & 0o777, 0o600);
    let (code, text) = on(place.url(), &["backup", &archive]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("--force"), "{text}");

    // While this is held, a backup waits in the middle of its file.
    let lock = "BEGIN; LOCK TABLE bans IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600);";
    std::thread::scope(|scope| {
        // It ends with an error when the test takes its connection away.
        scope.spawn(|| drop(place.execute(lock)));
        let held = "SELECT count(*) AS count FROM pg_locks WHERE relation = 'bans'::regclass \
                    AND mode = 'AccessExclusiveLock' AND granted";
        eventually("the lock", || (place.count(held).expect("a count") == 1).then_some(()));
        let mut backup = bangui();
        backup.args(["backup", "--force", &archive]).env("BANGUI_DATABASE__URL", place.url());
        let mut backup = backup.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        eventually("the unfinished file", || (names(dir.path()).len() == 2).then_some(()));
        kill_process(Pid::from_child(&backup), Signal::TERM).expect("it runs");
        assert_eq!(backup.wait().expect("its end").code(), Some(1));
        let ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' \
                    AND datname = current_database() AND pid <> pg_backend_pid()";
        place.execute(ends).expect("the lock ends");
    });
    assert_eq!(names(dir.path()), ["a.gz"]);
    assert_eq!(std::fs::read(&archive).expect("an archive"), first);
    done(place.url(), &["backup", "--force", &archive]);
    assert_ne!(std::fs::read(&archive).expect("an archive"), first);
}

fn names(dir: &Path) -> Vec<String> {
    let entries = dir.read_dir().expect("a directory");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn archives_go_through_pipes() {
    let (old, new) = (full(DbKind::Sqlite), Place::new(DbKind::Sqlite));
    let mut backup = bangui();
    backup.args(["backup", "-"]).env("BANGUI_DATABASE__URL", old.url()).stdout(Stdio::piped());
    let mut backup = backup.stderr(Stdio::null()).spawn().expect("it starts");
    let pipe = backup.stdout.take().expect("a pipe");
    let mut restore = bangui();
    restore.args(["restore", "-"]).env("BANGUI_DATABASE__URL", new.url()).stdin(pipe);
    let (code, text) = run(&mut restore);
    assert_eq!(code, 0, "{text}");
    assert!(backup.wait().expect("its end").success());
    let (code, text) =
        run(bangui().args(["restore", "--replace", "-"]).env("BANGUI_DATABASE__URL", new.url()));
    assert_eq!(code, 1, "{text}");
    assert_eq!(new.count("SELECT count(*) AS count FROM bans").expect("a count"), 4);
}

#[test]
fn a_file_in_a_directory_that_cannot_be_written_is_backed_up_with_a_server_and_without() {
    let place = full(DbKind::Sqlite);
    let path = PathBuf::from(place.url().trim_start_matches("sqlite://"));
    let data = path.parent().expect("a directory");
    let mode = |mode| std::fs::set_permissions(data, PermissionsExt::from_mode(mode)).expect("a mode");
    let dir = TempDir::new().expect("a directory");
    let binary = dir.path().join("bangui");
    std::fs::copy(env!("CARGO_BIN_EXE_bangui"), &binary).expect("a copy of the binary");
    let root = rustix::process::geteuid().is_root();
    if root {
        chown(dir.path(), Some(NOBODY), Some(NOBODY)).expect("root may give files away");
    }
    let backup = |name: &str| {
        let archive = file(&dir, name);
        let mut command = Command::new(&binary);
        command.env_clear().args(["backup", &archive]).env("BANGUI_DATABASE__URL", place.url());
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let (code, text) = run(&mut command);
        assert_eq!(code, 0, "{name}: {text}");
        text
    };
    // As a server leaves it that has ended in order.
    SqliteFile::open(&path).execute("PRAGMA journal_mode = WAL");
    assert_eq!(names(data), ["bangui.db"]);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).expect("a mode");
    mode(0o555);
    assert!(backup("stopped.gz").contains("users 2"));
    assert_eq!(names(data), ["bangui.db"]);

    // As a server has it open that has just written.
    mode(0o755);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("a mode");
    let mut server = SqliteFile::open(&path);
    server.execute("INSERT INTO users (name, name_key, password_hash, created_at) VALUES ('c', 'c', 'c', 0)");
    mode(0o555);
    assert!(backup("running.gz").contains("users 3"));
    mode(0o755);
}
