//! Logs of old versions, verbose servers, other systems and other packers; and files that are none.

use bangui_persistence::DbKind;
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use serde_json::Value;
use tempfile::TempDir;

use super::{LOG, import, imported, path, watched, write};
use crate::lab::attack;
use crate::server::eventually;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/gateway/tests/fixtures/logs");

fn fixture(name: &str) -> String {
    format!("{FIXTURES}/{name}")
}

#[test]
fn logs_of_old_versions_and_verbose_servers_are_read_and_any_packer_is_as_good() {
    for (name, new) in [("loggers-of-0.9.0.log", 1), ("verbose-2.log", 2), ("mapped-address.log", 1)] {
        let place = watched(DbKind::Sqlite);
        let document = imported(place.url(), &[&fixture(name)]);
        assert_eq!((&document["new"], &document["unclear"]), (&Value::from(new), &Value::from(0)), "{name}");
    }
    let place = watched(DbKind::Sqlite);
    let begun =
        "SELECT count(*) AS count FROM bans WHERE banned_at = 1772445601000 AND ended_at = 1772446202123";
    imported(place.url(), &[&fixture("loggers-of-0.9.0.log")]);
    assert_eq!(place.count(begun).expect("a count"), 1);
    for ending in ["xz", "bz2", "zst"] {
        let place = watched(DbKind::Sqlite);
        let packed = fixture(&format!("rotated.log.{ending}"));
        let document = imported(place.url(), &[&packed]);
        assert_eq!((&document["new"], &document["unclear"]), (&Value::from(1), &Value::from(0)), "{ending}");
        // The same content under another name, beside it, is known.
        let document = imported(place.url(), &[&fixture("rotated-rest.log"), &packed]);
        assert_eq!((&document["new"], &document["known"]), (&Value::from(0), &Value::from(1)), "{ending}");
    }
}

#[test]
fn a_file_without_a_line_of_fail2bans_is_an_error_and_the_others_are_imported() {
    let dir = TempDir::new().expect("a directory");
    let (place, log) = (watched(DbKind::Sqlite), write(&dir, "fail2ban.log", LOG));
    let auth = "2024-05-01T12:00:00+02:00 host sshd[9]: Invalid user fail2ban.actions [1]: NOTICE [sshd] Ban 192.0.2.8\n";
    let auth = write(&dir, "auth.log", auth);
    let packed = write(&dir, "fail2ban.log.zip", b"PK\x03\x04 and more");
    let missing = dir.path().join("fail2ban.log.7");
    let empty = write(&dir, "fail2ban.log.empty", "");
    let files = [&auth, &packed, &missing, &empty, &log];
    let arguments: Vec<&str> = ["--json"].into_iter().chain(files.map(|file| path(file))).collect();
    let (code, text) = import(place.url(), &arguments);
    assert_eq!(code, 74, "{text}");
    let document: Value = text.lines().find_map(|line| serde_json::from_str(line).ok()).expect("JSON");
    assert_eq!(document["new"], 2, "{text}");
    let failed: Vec<&str> = document["failed_files"]
        .as_array()
        .expect("files")
        .iter()
        .filter_map(|file| file["file"].as_str())
        .collect();
    assert_eq!(failed.len(), 3, "{failed:?}");
    for file in [&auth, &packed, &missing] {
        assert!(failed.contains(&path(file)) && text.matches(path(file)).count() > 1, "{text}");
    }
    assert_eq!(document["empty_files"][0], path(&empty));
    assert_eq!(place.count("SELECT count(*) AS count FROM bans").expect("a count"), 2);

    for only in [&auth, &empty] {
        let (code, text) = import(place.url(), &["--dry-run", path(only)]);
        assert_eq!(code, 74, "{text}");
        assert!(text.contains("Nothing was changed") && !text.contains("was imported"), "{text}");
    }
    let (code, text) = import(place.url(), &["--dry-run", path(&log), path(&empty)]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("Empty: "), "{text}");
}

#[test]
fn a_ban_in_one_file_and_its_end_in_the_next_are_one_ban() {
    let dir = TempDir::new().expect("a directory");
    let lines: Vec<&str> = LOG.split_inclusive('\n').collect();
    // The last line of the first file is cut, and stands whole in the second.
    let old = write(&dir, "fail2ban.log-20240501", lines[..5].concat() + &lines[5][..lines[5].len() - 1]);
    let new = write(&dir, "fail2ban.log", lines[5..].concat());
    for files in [[&old, &new], [&new, &old]] {
        let place = watched(DbKind::Sqlite);
        let document = imported(place.url(), &files.map(|file| path(file)));
        assert_eq!((&document["new"], &document["ends"]), (&Value::from(2), &Value::from(0)), "{document}");
        let whole = "SELECT count(*) AS count FROM bans WHERE ended_at = 1714565400900 AND origin = 0";
        assert_eq!(place.count(whole).expect("a count"), 1);
    }
}

#[test]
fn what_a_real_fail2ban_writes_in_other_formats_is_read() {
    let mut fail2ban = Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2))
        .start()
        .expect("fail2ban starts");
    let dir = TempDir::new().expect("a directory");
    // As `-vv`, `-vvv` with times and `-vvvv` write, and two of one's own.
    let formats = [
        " %(asctime)-15s %(thread)X %(levelname)-5.5s %(message)s",
        "%(asctime)s +%(relativeCreated)5d %(thread)X %(name)-25.25s %(levelname)-5.5s %(message)s",
        "%(asctime)s +%(relativeCreated)5d %(thread)X %(name)-25.25s %(levelname)-5.5s | %(module)15.15s-%(levelno)-2d: %(funcName)-20.20s | %(message)s",
        "%(asctime)s %(threadName)s %(process)d %(name)s %(levelname)s: %(message)s",
        "%(asctime)s [%(levelname)s] %(name)s[%(process)d]: %(message)s",
    ];
    let mut files = Vec::new();
    for (number, format) in formats.iter().enumerate() {
        let file = dir.path().join(format!("{number}.log"));
        let target = format!("{}[format=\"{format}\"]", path(&file));
        fail2ban.client(&["set", "logtarget", &target]).expect("a log");
        attack(&fail2ban, "sshd", &format!("203.0.113.{}", number + 1));
        eventually("the ban in the log", || {
            std::fs::read_to_string(&file).is_ok_and(|text| text.contains("] Ban ")).then_some(())
        });
        files.push(file);
    }
    fail2ban.stop().expect("it stops");
    for file in &files {
        let place = watched(DbKind::Sqlite);
        let document = imported(place.url(), &[path(file)]);
        let text = std::fs::read_to_string(file).expect("a log");
        assert_eq!(
            (&document["new"], &document["unclear"]),
            (&Value::from(1), &Value::from(0)),
            "{document} {text}"
        );
    }
    let place = watched(DbKind::Sqlite);
    let document = imported(place.url(), &files.iter().map(|file| path(file)).collect::<Vec<_>>());
    assert_eq!((&document["new"], &document["unclear"]), (&Value::from(5), &Value::from(0)), "{document}");
}
