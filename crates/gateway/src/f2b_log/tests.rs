//! Several files are one log.

use std::path::PathBuf;

use bangui_domain::model::{LogEntry, LogSaid, Timestamp};
use tempfile::TempDir;

use super::{Fail2banLog, LogFileError};
use crate::zone::Zone;

/// 2026-06-01T00:00:00Z.
const NOW: Timestamp = Timestamp::from_secs(1_780_272_000);

fn line(time: &str, what: &str) -> String {
    format!("{time},000 fail2ban.actions        [811]: NOTICE  [sshd] {what}\n")
}

/// What is told, in its order, and which files are wrong; each file a name and what it holds.
fn told(files: &[(&str, &[u8])]) -> (Vec<String>, Vec<String>, Fail2banLog) {
    let directory = TempDir::new().expect("a directory");
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| directory.path().join(name)).collect();
    for (path, (_, bytes)) in paths.iter().zip(files) {
        if !bytes.is_empty() {
            std::fs::write(path, bytes).expect("a file");
        }
    }
    let mut log = Fail2banLog::open(&paths, Zone::named("UTC").expect("a zone"), NOW);
    let mut entries = Vec::new();
    while let Some(LogEntry { at, said: LogSaid::Address(_, id, word) }) = log.next_entry() {
        let at = jiff::Timestamp::from_second(at.as_secs()).expect("a time");
        entries.push(format!("{at} {id} {word:?}"));
    }
    let wrong = log.failures().iter().map(|LogFileError { file, reason }| {
        format!("{} {reason}", file.rsplit('/').next().unwrap_or_default())
    });
    let wrong = wrong.collect();
    (entries, wrong, log)
}

#[test]
fn the_order_is_that_of_time_and_what_two_files_tell_is_told_once() {
    let first = line("2026-03-01 10:00:00", "Ban 192.0.2.1") + &line("2026-03-02 10:00:00", "Ban 192.0.2.2");
    let second =
        line("2026-03-02 10:00:00", "Ban 192.0.2.2") + &line("2026-03-03 10:00:00", "Unban 192.0.2.1");
    let (entries, wrong, log) =
        told(&[("fail2ban.log", second.as_bytes()), ("fail2ban.log.1", first.as_bytes())]);
    assert_eq!(
        entries,
        [
            "2026-03-01T10:00:00Z 192.0.2.1 Ban",
            "2026-03-02T10:00:00Z 192.0.2.2 Ban",
            "2026-03-03T10:00:00Z 192.0.2.1 Unban"
        ]
    );
    assert!(wrong.is_empty() && log.tally().lines == 4);
    // The same file twice is read once.
    let (entries, _, log) = told(&[("fail2ban.log", first.as_bytes()), ("fail2ban.log", first.as_bytes())]);
    assert_eq!((entries.len(), log.tally().lines), (2, 2));
}

#[test]
fn a_clock_that_ran_ahead_or_was_set_back_does_not_hold_up_other_files() {
    let wrong_clock = line("2026-03-01 10:00:00", "Ban 192.0.2.1")
        + &line("2099-03-01 10:00:00", "Ban 192.0.2.2")
        + &line("2026-03-03 10:00:00", "Ban 192.0.2.3")
        + &line("1970-01-01 00:00:10", "Ban 192.0.2.4")
        + &line("2026-03-05 10:00:00", "Ban 192.0.2.5");
    let other =
        line("2026-03-02 10:00:00", "Ban 198.51.100.2") + &line("2026-03-04 10:00:00", "Ban 198.51.100.4");
    let (entries, ..) = told(&[("a", wrong_clock.as_bytes()), ("b", other.as_bytes())]);
    let ids: Vec<&str> = entries.iter().filter_map(|entry| entry.split(' ').nth(1)).collect();
    assert_eq!(
        ids,
        ["192.0.2.1", "192.0.2.2", "198.51.100.2", "192.0.2.3", "192.0.2.4", "198.51.100.4", "192.0.2.5"]
    );
}

#[test]
fn a_file_that_is_not_fail2bans_is_named_and_the_others_are_read() {
    let log = line("2026-03-01 10:00:00", "Ban 192.0.2.1");
    let auth = "2026-03-01T10:00:00+00:00 host sshd[811]: Invalid user fail2ban.actions[1]: NOTICE [sshd] Ban 192.0.2.9\n";
    let timeless = " +  4711 7F3735288F30 fail2ban.actions          NOTIC [sshd] Ban 192.0.2.7\n";
    let (entries, wrong, log) = told(&[
        ("missing.log", b""),
        ("timeless.log", timeless.as_bytes()),
        ("auth.log", auth.as_bytes()),
        ("fail2ban.log", log.as_bytes()),
        ("fail2ban.zip", b"PK\x03\x04"),
        ("torn.log.xz", b"\xfd7zXZ\0\0"),
    ]);
    assert_eq!(entries, ["2026-03-01T10:00:00Z 192.0.2.1 Ban"]);
    assert_eq!(wrong.len(), 5, "{wrong:?}");
    for (name, why) in [
        ("missing.log", "opened"),
        ("auth.log", "none of its 1 lines is fail2ban's"),
        ("timeless.log", "none of its 1 lines that tell of bans"),
        ("fail2ban.zip", "unpack it first"),
        ("torn.log.xz", "to its end"),
    ] {
        assert!(wrong.iter().any(|text| text.starts_with(name) && text.contains(why)), "{wrong:?}");
    }
    assert_eq!(log.tally().of_fail2ban, 2);
}

#[test]
fn a_day_in_a_name_says_of_which_year_lines_are() {
    let line = "Dec 31 10:00:00 host fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.1\n";
    for (name, year) in
        [("messages-20250101", "2024"), ("messages-2024-01-01.log", "2023"), ("messages", "2025")]
    {
        let (entries, _, log) = told(&[(name, line.as_bytes())]);
        assert_eq!(entries, [format!("{year}-12-31T10:00:00Z 192.0.2.1 Ban")], "{name}");
        assert_eq!(log.tally().yearless, 1);
    }
}

#[test]
fn files_of_fail2ban_0_9_0_and_of_verbose_servers_are_read() {
    for (name, bans) in [("loggers-of-0.9.0.log", 1), ("verbose-2.log", 2), ("mapped-address.log", 1)] {
        let path = PathBuf::from(format!("{}/tests/fixtures/logs/{name}", env!("CARGO_MANIFEST_DIR")));
        let mut log = Fail2banLog::open(&[path], Zone::named("UTC").expect("a zone"), NOW);
        let all = std::iter::from_fn(|| log.next_entry());
        let found = all.filter(|entry| format!("{:?}", entry.said).ends_with(", Ban)")).count();
        assert_eq!(found, bans, "{name}");
        assert!(log.failures().is_empty() && log.tally().unclear == 0, "{name}");
    }
}

#[test]
fn a_log_that_is_torn_anywhere_tells_no_ban_that_it_did_not_tell() {
    let whole =
        line("2026-03-01 10:00:00", "Ban 192.0.2.123") + &line("2026-03-01 10:10:00", "Unban 192.0.2.123");
    let next = line("2026-03-02 10:00:00", "Ban 198.51.100.7");
    let (known, ..) = told(&[("whole", (whole.clone() + &next).as_bytes())]);
    for cut in 1..whole.len() {
        let half = &whole.as_bytes()[..cut];
        for between in [&b""[..], b"\0\0\0", b"\n"] {
            let torn = [half, between, next.as_bytes()].concat();
            let (entries, ..) = told(&[("torn", &torn)]);
            // A line that ends by itself is whole, as far as anybody can tell.
            let is_other = |entry: &&String| !known.contains(entry) && between != b"\n";
            assert_eq!(entries.iter().find(is_other), None, "{cut} {between:?}");
            assert_eq!(entries.last(), known.last(), "{cut} {between:?}");
        }
        let (entries, ..) = told(&[("cut", half)]);
        assert!(entries.iter().all(|entry| known.contains(entry)), "{cut}: {entries:?}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_that_a_file_holds_ends_the_program(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..400)) {
        for header in [&b""[..], b"2026-03-01 10:00:00,000 fail2ban.actions [1]: NOTICE [sshd] Ban ", b"<29>1 ", b"\xff\xfe", b"{", b"__CURSOR=\n"] {
            told(&[("any", &[header, &bytes].concat())]);
        }
    }
}
