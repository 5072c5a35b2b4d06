//! `bangui history import`: what a real fail2ban's log tells, against what its socket and its database told; and files that
//! are not what they should be.

mod foreign;
mod zone;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bangui_persistence::DbKind;
use bangui_test_support::db::{Place, SqliteFile};
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};
use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::run;
use crate::lab::{attack, ip};
use crate::server::{Server, Setup, bangui, eventually};

/// A database that has watched a fail2ban until long after every line of a test.
fn watched(kind: DbKind) -> Place {
    let place = Place::new(kind);
    let (code, text) = run(bangui().arg("migrate").env("BANGUI_DATABASE__URL", place.url()));
    assert_eq!(code, 0, "{text}");
    place.execute(&format!("UPDATE servers SET watched_until = {FAR}")).expect("the server's row");
    place
}

/// In the year 2100, in milliseconds.
const FAR: i64 = 4_102_444_800_000;

fn import(url: &str, arguments: &[&str]) -> (i32, String) {
    run(&mut command(url, arguments))
}

fn command(url: &str, arguments: &[&str]) -> Command {
    let mut command = bangui();
    command.args(["history", "import"]).args(arguments).env("BANGUI_DATABASE__URL", url);
    command
}

/// What an import says as JSON.
fn imported(url: &str, files: &[&str]) -> Value {
    let arguments: Vec<&str> = ["--json"].into_iter().chain(files.iter().copied()).collect();
    let (code, text) = import(url, &arguments);
    assert_eq!(code, 0, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

fn numbers(document: &Value) -> [i64; 6] {
    ["new", "restored", "known", "ends", "left", "unclear"]
        .map(|name| document[name].as_i64().expect("a number"))
}

fn path(file: &Path) -> &str {
    file.to_str().expect("a path")
}

fn write(dir: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let file = dir.path().join(name);
    std::fs::write(&file, bytes).expect("a file");
    file
}

/// Compresses as logrotate does.
fn packed(file: &Path) -> PathBuf {
    let packed = PathBuf::from(format!("{}.gz", path(file)));
    let out = std::fs::File::create(&packed).expect("a file");
    let status = Command::new("gzip").arg("-c").arg(file).stdout(out).status().expect("gzip runs");
    assert!(status.success());
    packed
}

/// A day's log of one ban that ends and one that is lifted.
const LOG: &str = "\
2024-05-01 11:00:00,000 fail2ban.filter         [811]: INFO    [sshd] Found 192.0.2.9 - 2024-05-01 11:00:00
2024-05-01 12:00:00,100 fail2ban.filter         [811]: INFO    [sshd] Found 192.0.2.7 - 2024-05-01 11:59:59
2024-05-01 12:00:00,300 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.7
2024-05-01 12:05:00,000 fail2ban.actions        [811]: NOTICE  [sshd] Ban mallory.example
2024-05-01 12:07:00,000 fail2ban.actions        [811]: NOTICE  [nginx] Ban 2001:db8::7
2024-05-01 12:10:00,900 fail2ban.actions        [811]: NOTICE  [sshd] Unban 192.0.2.7
2024-05-01 12:12:00,000 fail2ban.actions        [811]: NOTICE  [nginx] Unban 2001:db8::7
";

/// A ban time that has grown until no calendar holds its end.
const ENDLESS: &str = "\
2026-03-02 10:00:00,123 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.30
2026-03-02 10:00:01,123 fail2ban.observer       [811]: NOTICE  [sshd] Increase Ban 192.0.2.30 (9 # 112434966666w 4d 8h -> 9999-12-31 23:59:59)
";

#[test]
fn a_ban_whose_end_no_calendar_holds_is_in_force() {
    let (place, dir) = (watched(DbKind::Sqlite), TempDir::new().expect("a directory"));
    let log = write(&dir, "fail2ban.log", ENDLESS);
    assert_eq!(numbers(&imported(place.url(), &[path(&log)])), [1, 0, 0, 0, 0, 0]);
    let kept = place.count("SELECT count(*) AS count FROM bans WHERE bantime = -1 AND ended_at IS NULL");
    assert_eq!(kept.expect("a count"), 1, "permanent, and not ended in its own second");
}

#[test]
fn the_log_of_a_real_fail2ban_tells_what_its_socket_and_its_database_told() {
    let jail = |name: &str, filter: Filter| JailSpec::new(name, filter).maxretry(2);
    let mut fail2ban = Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(jail("sshd", Filter::Sshd))
        .jail(jail("nginx", Filter::Nginx))
        .jail(jail("brief", Filter::Sshd).bantime(3))
        .start()
        .expect("fail2ban starts");
    // Two watch it from the beginning, and one of them is away while everything happens.
    let mut late = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    let file = late.dir.path().join("bangui.db");
    let url = format!("sqlite://{}", path(&file));
    eventually("the server to be known", || {
        (!import(&url, &["--dry-run", "/dev/null"]).1.contains("has not seen")).then_some(())
    });
    late.signal(Signal::TERM);
    late.wait();
    let live = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    live.wait_for_health(200);

    for (jail, address) in [("sshd", "203.0.113.1"), ("sshd", "203.0.113.2"), ("nginx", "203.0.113.2")] {
        attack(&fail2ban, jail, address);
    }
    fail2ban.client(&["set", "nginx", "banip", "203.0.113.3"]).expect("a ban");
    for _ in 0..2 {
        fail2ban.append("brief", &lines::sshd(ip("203.0.113.4"))).expect("a line");
    }
    eventually("five bans and an end", || (told(&live).len() == 6).then_some(()));
    for address in ["203.0.113.1", "203.0.113.3", "203.0.113.4"] {
        fail2ban.wait_for_row(address).expect("a row");
    }
    lift(&live, "nginx", "203.0.113.2");
    fail2ban.stop().expect("it stops");
    fail2ban.start_again().expect("it starts");
    fail2ban.wait_for_ban("sshd", ip("203.0.113.1")).expect("a restored ban");
    live.wait_for_health(200);
    lift(&live, "sshd", "203.0.113.1");
    let truth = told(&live);
    assert_eq!(truth.len(), 8, "{truth:?}");

    // The log alone, and again.
    let (log, alone) = (fail2ban.server_log(), watched(DbKind::Sqlite));
    let counted = numbers(&imported(alone.url(), &[path(&log)]));
    assert_eq!(counted, [5, 0, 0, 0, 0, 0], "{}", std::fs::read_to_string(&log).expect("a log"));
    assert_eq!(numbers(&imported(alone.url(), &[path(&packed(&log)), path(&log)]))[..4], [0, 0, 5, 0]);

    // The one that was away learns from fail2ban what is in force or was over in time, and from the log what was lifted.
    let mut setup = Setup::with_socket(&fail2ban.socket());
    setup.settings.push(("BANGUI_DATABASE__URL", url.clone()));
    let mut back = Server::start_and_login(&setup);
    eventually("what fail2ban remembers", || (told(&back).len() == 4).then_some(()));
    back.signal(Signal::TERM);
    back.wait();
    SqliteFile::open(&file).execute(&format!("UPDATE servers SET watched_until = {FAR}"));
    assert_eq!(numbers(&imported(&url, &[path(&log)])), [2, 0, 3, 0, 0, 0]);
    assert_eq!(numbers(&imported(&url, &[path(&log)])), [0, 0, 5, 0, 0, 0]);
    let (code, text) = run(bangui().args(["history", "check"]).env("BANGUI_DATABASE__URL", &url));
    assert_eq!(code, 0, "{text}");
    let back = Server::start_and_login(&setup);
    let of_log = told(&back);
    assert_eq!(of_log.len(), truth.len(), "{of_log:?} {truth:?}");
    for ((event, at), (true_event, true_at)) in of_log.iter().zip(&truth) {
        assert!(event == true_event && (at - true_at).abs() <= 5, "{of_log:?} {truth:?}");
    }
}

/// All events in short, with the second in which they occurred.
fn told(server: &Server) -> Vec<(String, i64)> {
    let mut told: Vec<(String, i64)> = server
        .items("/api/events?limit=500")
        .iter()
        .map(|event| {
            let text = |key: &str| event[key].as_str().unwrap_or("-").to_owned();
            let at: jiff::Timestamp = text("occurred_at").parse().expect("a time");
            ([text("kind"), text("jail"), text("ip"), text("origin")].join(" "), at.as_second())
        })
        .collect();
    told.sort();
    told
}

/// Lifts a ban as a user does, once it is known to be in force.
fn lift(server: &Server, jail: &str, address: &str) {
    eventually("the ban to be lifted", || {
        let (status, answer) = server.call("DELETE", &format!("/api/bans/{address}?jail={jail}"), None);
        (status == 200 && answer["unbanned"] == 1).then_some(())
    });
}

#[test]
fn files_in_any_order_are_one_log_on_both_databases() {
    let dir = TempDir::new().expect("a directory");
    let lines: Vec<&str> = LOG.split_inclusive('\n').collect();
    let old = packed(&write(&dir, "fail2ban.log.2", lines[..4].concat()));
    let new = write(&dir, "fail2ban.log", lines[2..].concat());
    for kind in [DbKind::Sqlite, DbKind::Postgres] {
        let place = watched(kind);
        let (code, text) = import(place.url(), &["--dry-run", path(&new), path(&old)]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("2 bans are new") && text.contains("Nothing was changed"), "{text}");
        assert_eq!(place.count("SELECT count(*) AS count FROM bans").expect("a count"), 0);
        let document = imported(place.url(), &[path(&new), path(&old)]);
        assert_eq!((document["lines"].as_i64(), numbers(&document)), (Some(9), [2, 0, 0, 0, 0, 2]));
        let places = document["unclear_places"].as_array().expect("places");
        assert!(places.iter().any(|place| place["line"] == 4 && place["file"] == path(&old)), "{places:?}");
        assert_eq!(numbers(&imported(place.url(), &[path(&old), path(&new)])), [0, 0, 2, 0, 0, 2]);
        let whole = "SELECT count(*) AS count FROM bans AS b JOIN addresses AS a ON a.id = b.address_id WHERE \
             (a.ip = '192.0.2.7' AND banned_at = 1714564799000 AND ended_at = 1714565400900 AND origin = 0) OR \
             (a.ip = '2001:db8::7' AND banned_at = 1714565220000 AND ended_at = 1714565520000 AND origin = 1)";
        assert_eq!(place.count(whole).expect("a count"), 2);
        let (code, text) = run(bangui().args(["history", "check"]).env("BANGUI_DATABASE__URL", place.url()));
        assert_eq!(code, 0, "{text}");
    }
}

#[test]
fn the_zone_is_that_of_fail2ban_and_a_pipe_is_a_file() {
    let place = watched(DbKind::Sqlite);
    let mut command = command(place.url(), &["--json", "-"]);
    command.env("BANGUI_FAIL2BAN__TIMEZONE", "Europe/Berlin");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the binary runs");
    child.stdin.take().expect("a pipe").write_all(LOG.as_bytes()).expect("written");
    assert!(child.wait_with_output().expect("it ends").status.success());
    let at_ten = "SELECT count(*) AS count FROM bans WHERE banned_at = 1714557599000";
    assert_eq!(place.count(at_ten).expect("a count"), 1);
}

#[test]
fn what_is_no_log_or_a_torn_one_is_told_and_harms_nothing() {
    let dir = TempDir::new().expect("a directory");
    let place = watched(DbKind::Sqlite);
    let missing = dir.path().join("missing.log");
    for file in [missing.as_path(), dir.path()] {
        let (code, text) = import(place.url(), &[path(file)]);
        assert_eq!(code, 74, "{text}");
        assert!(text.contains(path(file)), "{text}");
    }
    let mut strange = vec![0xff; 3 << 20];
    strange.extend_from_slice(b"\n\0\x1b[31m fail2ban.actions [1]: NOTICE [sshd] Ban 192.0.2.1\n");
    strange.extend_from_slice(LOG.as_bytes());
    let strange = write(&dir, "strange.log", strange);
    assert_eq!(numbers(&imported(place.url(), &[path(&strange)])), [2, 0, 0, 0, 0, 2]);

    let mut many = Vec::new();
    for number in 0..20_000 {
        let (hour, minute, second) = (number / 3_600 + 13, number / 60 % 60, number % 60);
        let address = format!("198.18.{}.{}", number / 250, number % 250);
        let time = format!("2024-05-01 {hour:02}:{minute:02}:{second:02},000");
        writeln!(many, "{time} fail2ban.actions [1]: NOTICE  [sshd] Ban {address}").expect("memory");
    }
    let whole = std::fs::read(packed(&write(&dir, "many", many))).expect("a file");
    let torn = write(&dir, "torn.gz", &whole[..whole.len() / 2]);
    let (code, text) = import(place.url(), &[path(&torn)]);
    assert_eq!(code, 74, "{text}");
    assert!(text.contains("torn.gz") && text.contains("to its end"), "{text}");
    let bans = place.count("SELECT count(*) AS count FROM bans").expect("a count");
    assert!((1_000..20_000).contains(&bans), "{bans}");
}

#[test]
fn a_fail2ban_that_was_never_watched_comes_first_and_the_present_is_left_alone() {
    let dir = TempDir::new().expect("a directory");
    let log = write(&dir, "fail2ban.log", LOG);
    let place = Place::new(DbKind::Sqlite);
    let (code, text) = import(place.url(), &[path(&log)]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("has not seen this fail2ban yet"), "{text}");
    // Watched until a quarter past twelve: the ten minutes before that are the server's.
    place.execute("UPDATE servers SET watched_until = 1714565700000").expect("the server's row");
    assert_eq!(numbers(&imported(place.url(), &[path(&log)])), [1, 0, 0, 0, 1, 1]);
}
