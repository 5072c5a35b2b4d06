//! Lines as the versions of fail2ban and those who write them down for it have them.

use bangui_domain::model::{LogEntry, LogSaid, LogWord, Timestamp};

use super::{Read, read};
use crate::f2b_log::moment::Clock;
use crate::zone::Zone;

/// 2024-05-01T12:00:00Z.
const NOON: i64 = 1_714_564_800;

fn one(line: &str, zone: &str) -> Read {
    read(line.as_bytes(), &mut Clock::default(), &Zone::named(zone).expect("a zone"))
}

/// A line in short: milliseconds after noon of UTC, and what it says.
fn short(line: &str) -> String {
    match one(line, "Europe/Berlin") {
        Read::Other => "other".to_owned(),
        Read::Unclear => "unclear".to_owned(),
        Read::Entry(LogEntry { at, said }) => {
            let after = at.as_millis() - NOON * 1_000;
            let said = match said {
                LogSaid::Address(jail, id, word) => format!("{jail} {id} {word:?}"),
                LogSaid::BanTime(bantime) => format!("{}", bantime.as_fail2ban()),
                other => format!("{other:?}"),
            };
            format!("{after} {said}")
        }
    }
}

#[test]
fn lines_of_all_versions_and_of_those_who_pass_them_on() {
    for line in [
        // A file: 0.9 to 1.1, without padding, and 0.8.
        "2024-05-01 14:00:00,123 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.7",
        "2024-05-01 14:00:00,123 fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01 14:00:00,123 fail2ban.actions: WARNING [sshd] Ban 192.0.2.7",
        // syslog with its own time, in both spellings of an offset.
        "2024-05-01T12:00:00.123456+00:00 host fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01T14:00:00.123+0200 host fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7",
        // The journal: fail2ban's own handler, and what a service prints.
        "2024-05-01T14:00:00.123456+0200 host fail2ban[811]: [sshd] Ban 192.0.2.7",
        "2024-05-01T14:00:00.123456+0200 host fail2ban-server[811]: 2024-05-01 14:00:00,120 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.7",
        // A container, with the time of its engine.
        "2024-05-01T12:00:00.123456789Z 2024-05-01 14:00:00,120 fail2ban.actions        [1]: NOTICE  [sshd] Ban 192.0.2.7",
    ] {
        assert_eq!(short(line), "123 sshd 192.0.2.7 Ban", "{line}");
    }
}

#[test]
fn what_fail2ban_says() {
    for (message, said) in [
        ("actions        [1]: NOTICE  [a, b] Unban 2001:db8::7", "0 a, b 2001:db8::7 Unban"),
        ("actions        [1]: NOTICE  [sshd] Restore Ban 198.51.100.0/24", "0 sshd 198.51.100.0/24 Restore"),
        (
            "filter         [1]: INFO    [sshd] Found 192.0.2.7 - 2024-05-01 13:59:58",
            "0 sshd 192.0.2.7 Found(Timestamp(1714564798000))",
        ),
        (
            "filter         [1]: INFO    [sshd] Found 192.0.2.7",
            "0 sshd 192.0.2.7 Found(Timestamp(1714564800000))",
        ),
        (
            "observer       [1]: INFO    [sshd] Found 192.0.2.7, bad - 2024-05-01 13:59:58, 2 # -> 3.0, Ban",
            "0 sshd 192.0.2.7 Found(Timestamp(1714564798000))",
        ),
        (
            "observer       [1]: NOTICE  [sshd] Increase Ban 192.0.2.7 (2 # 1h -> 2024-05-01 15:00:00)",
            "0 sshd 192.0.2.7 Increase(2, Some(Timestamp(1714568400000)))",
        ),
        (
            "observer       [1]: NOTICE  [sshd] Increase Ban 192.0.2.7 (9 # permanent -> infinite)",
            "0 sshd 192.0.2.7 Increase(9, None)",
        ),
        (
            "observer       [1]: NOTICE  [sshd] Increase Ban 192.0.2.7 (9 # 112434966666w 4d 8h -> 9999-12-31 23:59:59)",
            "0 sshd 192.0.2.7 Increase(9, None)",
        ),
        (
            "observer       [1]: NOTICE  [sshd] Increase Ban 192.0.2.7 (9 # 416104w -> 9999-06-01 00:00:00)",
            "0 sshd 192.0.2.7 Increase(9, Some(Timestamp(253383717600000)))",
        ),
        ("actions        [1]: INFO      banTime: 99999999999999999999", "0 -1"),
        ("actions        [1]: INFO      banTime: 600", "0 600"),
        ("actions        [1]: INFO    Set banTime = -1", "0 -1"),
        ("jail           [1]: INFO    Creating new jail 'sshd'", "0 Configuring(JailName(\"sshd\"))"),
        ("server         [1]: INFO    Reload jail 'sshd'", "0 Configuring(JailName(\"sshd\"))"),
        ("jail           [1]: INFO    Jail 'sshd' started", "0 Configured"),
        ("server         [1]: INFO    Jail 'sshd' reloaded", "0 Configured"),
        ("jail           [1]: INFO    Jail 'sshd' stopped", "0 Stopped(JailName(\"sshd\"))"),
        ("jail           [1]: INFO    Jail 'sshd' uses pyinotify {}", "other"),
        ("server         [1]: INFO    Starting Fail2ban v1.0.2", "0 Started { tells_restored: true }"),
        (
            "server         [1]: INFO    Changed logging target to /var/log/fail2ban.log for Fail2ban v0.9.7",
            "0 Started { tells_restored: false }",
        ),
        ("actions        [1]: NOTICE  [sshd] 192.0.2.7 already banned", "other"),
        ("actions        [1]: NOTICE  [sshd] Reban 192.0.2.7", "other"),
        ("actions        [1]: NOTICE  [sshd] Flush ticket(s) with iptables", "other"),
    ] {
        let line = format!("2024-05-01 14:00:00,000 fail2ban.{message}");
        assert_eq!(short(&line), said, "{line}");
    }
}

#[test]
fn what_strangers_write_is_not_taken_for_what_fail2ban_says() {
    let long = "x".repeat(4_000);
    for (line, said) in [
        ("actions [1]: NOTICE  [sshd] Ban mallory.example", "unclear"),
        ("actions [1]: NOTICE  [sshd] Ban 192.0.2.7 [sshd] Ban 192.0.2.8", "unclear"),
        ("actions [1]: NOTICE  [sshd] Ban 192.0.2.7 ", "unclear"),
        ("actions [1]: NOTICE  [sshd] Ban 192.0.2.99/24", "unclear"),
        ("actions [1]: NOTICE  [sshd\u{1b}] Ban 192.0.2.7", "unclear"),
        ("actions [1]: NOTICE  [] Ban 192.0.2.7", "unclear"),
        ("observer [1]: NOTICE  [sshd] Increase Ban 192.0.2.7 (x # 1h -> 2024-05-01 15:00:00)", "unclear"),
        ("observer [1]: NOTICE  [sshd] Increase Ban 192.0.2.7 (1 # 1h -> 2024-02-30 15:00:00)", "unclear"),
        ("filter [1]: INFO    [sshd] Found root] Ban 192.0.2.7 - 2024-05-01 13:59:58", "other"),
        ("filter [1]: INFO    [sshd] Ban 192.0.2.7", "other"),
        (
            "filter [1]: WARNING Please check a jail: fail2ban.actions [1]: NOTICE  [sshd] Ban 192.0.2.7",
            "other",
        ),
        ("utils [1]: ERROR   stderr: '[sshd] Ban 192.0.2.7'", "other"),
        ("actions [x]: NOTICE  [sshd] Ban 192.0.2.7", "unclear"),
        (long.as_str(), "other"),
    ] {
        let line = format!("2024-05-01 14:00:00,000 fail2ban.{line}");
        assert_eq!(short(&line), said, "{line}");
    }
    for (line, said) in [
        // No year, no offset, no time at all.
        ("May  1 14:00:00 host fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7", "unclear"),
        ("2024-05-01T14:00:00 host fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7", "unclear"),
        ("fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7", "unclear"),
        ("2024-13-01 14:00:00,000 fail2ban.actions [811]: NOTICE [sshd] Ban 192.0.2.7", "unclear"),
        ("2024-05-01 14:00:00,000 sudo: [sshd] Ban 192.0.2.7", "other"),
        ("", "other"),
        ("€€€€€€€€€€€€", "other"),
    ] {
        assert_eq!(short(line), said, "{line}");
    }
    assert_eq!(
        read(b"\xff\xfe2024 fail2ban [sshd] Ban \xff", &mut Clock::default(), &Zone::system()),
        Read::Unclear
    );
}

#[test]
fn the_hour_that_is_told_twice_goes_forward() {
    let zone = Zone::named("Europe/Berlin").expect("a zone");
    let mut clock = Clock::default();
    let mut at = |time: &str, found: &str| {
        let line = format!(
            "2024-10-27 {time},000 fail2ban.filter [1]: INFO [sshd] Found 192.0.2.7 - 2024-10-27 {found}"
        );
        match read(line.as_bytes(), &mut clock, &zone) {
            Read::Entry(LogEntry { at, said: LogSaid::Address(_, _, LogWord::Found(found)) }) => {
                (at.as_secs(), found.as_secs())
            }
            other => panic!("{line}: {other:?}"),
        }
    };
    // 2024-10-27T00:00:00Z is 02:00 in summer.
    let summer = Timestamp::from_secs(1_729_987_200).as_secs();
    assert_eq!(at("02:00:10", "02:00:09"), (summer + 10, summer + 9));
    assert_eq!(at("02:59:50", "02:59:50"), (summer + 3_590, summer + 3_590));
    // Threads are a little out of order.
    assert_eq!(at("02:59:49", "02:59:49").0, summer + 3_589);
    assert_eq!(at("02:00:00", "02:59:59"), (summer + 3_600, summer + 3_599));
    assert_eq!(at("02:30:00", "02:30:00"), (summer + 5_400, summer + 5_400));
    assert_eq!(at("03:00:00", "02:59:59"), (summer + 7_200, summer + 7_199));
}
