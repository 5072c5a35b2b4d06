//! Lines as the versions of fail2ban and those who write them down for it have them.

use bangui_domain::model::{LogEntry, LogSaid, LogWord, Timestamp};

use super::{Read, read};
use crate::f2b_log::lines::Line;
use crate::f2b_log::moment::Clock;
use crate::zone::Zone;

/// 2024-05-01T12:00:00Z.
const NOON: i64 = 1_714_564_800;

fn whole(line: &str) -> Line<'_> {
    Line { bytes: line.as_bytes(), is_cut: false }
}

/// The clock of a file that was written last at noon.
fn clock() -> Clock {
    Clock::new(Timestamp::from_secs(NOON))
}

fn berlin() -> Zone {
    Zone::named("Europe/Berlin").expect("a zone")
}

/// A line in short: milliseconds after noon of UTC, and what it says.
fn short(line: &str) -> String {
    shorter(&read(&whole(line), &mut clock(), &berlin()))
}

fn shorter(read: &Read) -> String {
    let unclear = if read.is_unclear { "unclear" } else { "other" };
    let Some(LogEntry { at, said }) = &read.entry else { return unclear.to_owned() };
    let after = at.as_millis() - NOON * 1_000;
    let said = match said {
        LogSaid::Address(jail, id, word) => format!("{jail} {id} {word:?}"),
        LogSaid::BanTime(bantime) => format!("{}", bantime.as_fail2ban()),
        other => format!("{other:?}"),
    };
    let also = if read.is_unclear { " unclear" } else { "" };
    format!("{after} {said}{also}")
}

#[test]
fn lines_of_all_versions_and_of_those_who_pass_them_on() {
    let mut wrong = Vec::new();
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
        // 0.9.0, and verbose logs, with levels of five letters, and of formats that somebody made.
        "2024-05-01 14:00:00,123 fail2ban.server.actions[811]: NOTICE  [sshd] Ban 192.0.2.7",
        " 2024-05-01 14:00:00,123 7F3735288F30 NOTIC [sshd] Ban 192.0.2.7",
        "2024-05-01 14:00:00,123 7F3735288F30 NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01 14:00:00,123  +  4711 7F3735288F30 fail2ban.actions          NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01 14:00:00,123 +47110 7F3735288F30 fail2ban.actions          NOTIC  | actions-25 : __checkBan           | [sshd] Ban 192.0.2.7",
        "2024-05-01 14:00:00,123 MainThread fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01 14:00:00.123456 811 f2b/a.sshd fail2ban.actions NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01T14:00:00,123 NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01 14:00:00,123 [NOTICE] fail2ban.actions (811): [sshd] Ban 192.0.2.7",
        "2024-05-01 14:00:00.123 +0200 fail2ban.actions - NOTICE - [sshd] Ban 192.0.2.7",
        // A file of syslog with its year, by RFC 5424, and with the priority before it.
        "<29>1 2024-05-01T12:00:00.123456+00:00 host fail2ban.actions 811 - - NOTICE [sshd] Ban 192.0.2.7",
        "<29>1 2024-05-01T12:00:00.123456Z host fail2ban.actions 811 - [timeQuality tzKnown=\"1\" isSynced=\"1\"] \u{feff}NOTICE [sshd] Ban 192.0.2.7",
        "<29>2024-05-01T12:00:00.123456+00:00 host fail2ban.actions[811]: message repeated 2 times: [ NOTICE [sshd] Ban 192.0.2.7]",
        // Hosts that are called like programs, or have an address for a name.
        "2024-05-01T14:00:00.123+02:00 fail2ban fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01T14:00:00.123+02:00 fail2ban.example.com fail2ban-server[811]: 2024-05-01 14:00:00,120 fail2ban.actions [811]: NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01T14:00:00.123+02 2001:db8::1 fail2ban[811]: [sshd] Ban 192.0.2.7",
        // The journal in other spellings, and a container that logs into it.
        "Wed 2024-05-01 14:00:00.123456 CEST host fail2ban-server[811]: 2024-05-01 14:00:00,120 fail2ban.actions [811]: NOTICE [sshd] Ban 192.0.2.7",
        "Wed 2024-05-01 12:00:00.123456 UTC host fail2ban[811]: [sshd] Ban 192.0.2.7",
        "1714564800.123456 host fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01T14:00:00.123456+0200 host compose_fail2ban_1[99]: 2024-05-01 14:00:00,120 fail2ban.actions [1]: NOTICE [sshd] Ban 192.0.2.7",
        "2024-05-01T14:00:00.123456+0200 host 0123456789ab[99]: 2024-05-01 14:00:00,120 fail2ban.actions [1]: NOTICE [sshd] Ban 192.0.2.7",
        r#"{"__REALTIME_TIMESTAMP":"1714564800123456","SYSLOG_IDENTIFIER":"fail2ban.actions","_PID":"811","MESSAGE":"NOTICE [sshd] Ban 192.0.2.7"}"#,
        r#"{"__REALTIME_TIMESTAMP":"1714564800123456","_COMM":"fail2ban-server","MESSAGE":"2024-05-01 14:00:00,120 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.7"}"#,
        // What containers and their tools write.
        r#"{"log":"2024-05-01 14:00:00,120 fail2ban.actions        [1]: NOTICE  [sshd] Ban 192.0.2.7\n","stream":"stdout","time":"2024-05-01T12:00:00.123456789Z"}"#,
        "2024-05-01T12:00:00.123456789Z stdout F 2024-05-01 14:00:00,120 fail2ban.actions        [1]: NOTICE  [sshd] Ban 192.0.2.7",
        "fail2ban-1  | 2024-05-01 14:00:00,123 fail2ban.actions        [1]: NOTICE  [sshd] Ban 192.0.2.7",
        // What editors, terminals and grep make of it.
        "\u{feff}2024-05-01 14:00:00,123 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.7 \t",
        "2024-05-01\u{a0}14:00:00,123 fail2ban.actions\t[811]:\tNOTICE  [sshd] Ban 192.0.2.7",
        "/var/log/fail2ban.log.1:2024-05-01 14:00:00,123 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.7",
        "  4711\t2024-05-01 14:00:00,123 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.7",
    ] {
        wrong.extend((short(line) != "123 sshd 192.0.2.7 Ban").then(|| format!("{line}: {}", short(line))));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_time_without_a_year_is_of_the_year_in_which_the_file_was_written_or_of_one_before() {
    let line = |time: &str| format!("{time} host fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7");
    assert_eq!(short(&line("May  1 14:00:00")), "0 sshd 192.0.2.7 Ban");
    assert_eq!(short(&line("<29>May 01 13:59:58.250")), "-1750 sshd 192.0.2.7 Ban");
    assert_eq!(short(&line("May  1 2024 14:00:00")), "0 sshd 192.0.2.7 Ban");
    // fail2ban's own time has one.
    let own = "May  1 14:00:01 host fail2ban-server[811]: 2024-05-01 14:00:00,123 fail2ban.actions [811]: NOTICE [sshd] Ban 192.0.2.7";
    assert_eq!(short(own), "123 sshd 192.0.2.7 Ban");
    let mut clock = clock();
    let mut year = |time: &str| {
        let read = read(&whole(&line(time)), &mut clock, &berlin());
        jiff::Timestamp::from_second(read.entry.expect(time).at.as_secs()).unwrap().to_string()
    };
    assert_eq!(year("Jun 30 12:00:00"), "2023-06-30T10:00:00Z");
    assert_eq!(year("Dec 31 23:59:59"), "2023-12-31T22:59:59Z");
    assert_eq!(year("Jan  1 01:00:00"), "2024-01-01T00:00:00Z");
    assert_eq!(year("Feb 29 01:00:00"), "2024-02-29T00:00:00Z");
    // A clock that was set back.
    assert_eq!(year("Feb 10 01:00:00"), "2024-02-10T00:00:00Z");
    assert_eq!(clock.yearless(), 5);
}

#[test]
fn half_a_line_that_another_was_written_behind_costs_no_more_than_itself() {
    let next = "2024-05-01 14:00:00,123 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.7";
    let line = "2024-05-01 13:59:59,999 fail2ban.filter         [811]: INFO    [sshd] Found 192.0.2.6 - 2024-05-01 13:59:59";
    for cut in 1..line.len() - 23 {
        let joined = format!("{}{next}", &line[..cut]);
        assert_eq!(short(&joined), "123 sshd 192.0.2.7 Ban", "{joined}");
    }
    let ban = "2024-05-01 13:59:59,999 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.6";
    assert_eq!(short(&format!("{ban}{next}")), "123 sshd 192.0.2.7 Ban unclear");
    // A stranger's text stands where an address is expected, or in a message that quotes it.
    for before in [
        "2024-05-01 13:59:59,999 fail2ban.actions        [812]: NOTICE  [id] Ban 192.0.2.6",
        "2024-05-01 13:59:59,999 fail2ban.actions        [811]: NOTICE  [id] Ban mallory ",
        "2024-05-01 13:59:59,999 fail2ban.filter         [811]: WARNING [id] Please check ",
        "2024-05-01 13:59:59,999 fail2ban.utils          [811]: ERROR   stderr: '",
    ] {
        assert_eq!(short(&format!("{before}{next}")), "unclear", "{before}");
    }
}

#[test]
fn an_address_that_may_be_cut_off_is_no_other_one() {
    let cut = |message: &str| {
        let line = format!("2024-05-01 14:00:00,000 fail2ban.{message}");
        shorter(&read(&Line { bytes: line.as_bytes(), is_cut: true }, &mut clock(), &berlin()))
    };
    assert_eq!(cut("actions [811]: NOTICE  [sshd] Ban 192.0.2.7"), "unclear");
    assert_eq!(cut("actions [811]: NOTICE  [sshd] Unban 192.0.2.7"), "unclear");
    assert_eq!(cut("filter [811]: INFO  [sshd] Found 192.0.2.7"), "other");
    assert_eq!(cut("actions [811]: INFO  banTime: 60"), "other");
    assert_eq!(
        cut("filter [811]: INFO  [sshd] Found 192.0.2.7 - 2024-05-01 14:00:00"),
        "0 sshd 192.0.2.7 Found(Timestamp(1714564800000))"
    );
    assert_eq!(cut("jail [811]: INFO  Jail 'sshd' started"), "0 Configured");
    assert_eq!(cut("actions [811]: NOTI"), "other");
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
            "0 sshd 192.0.2.7 Increase(9, Some(Timestamp(253383804000000)))",
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
        ("actions [1]: NOTICE  [sshd] Ban 192.0.2.99/24", "unclear"),
        ("actions [1]: NOTICE  [sshd\u{1b}] Ban 192.0.2.7", "unclear"),
        ("actions [1]: NOTICE  [] Ban 192.0.2.7", "unclear"),
        ("observer [1]: NOTICE  [sshd] Increase Ban 192.0.2.7 (x # 1h -> 2024-05-01 15:00:00)", "unclear"),
        ("observer [1]: NOTICE  [sshd] Increase Ban 192.0.2.7 (1 # 1h -> 2024-02-30 15:00:00)", "unclear"),
        ("filter [1]: INFO    [sshd] Found root] Ban 192.0.2.7 - 2024-05-01 13:59:58", "other"),
        ("filter [1]: INFO    [sshd] Ban 192.0.2.7", "unclear"),
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
        // No time, none that there is, and none of this zone.
        ("Wed 2024-05-01 14:00:00 PST host fail2ban[811]: [sshd] Ban 192.0.2.7", "unclear"),
        (" +  4711 7F3735288F30 fail2ban.actions          NOTIC [sshd] Ban 192.0.2.7", "unclear"),
        ("fail2ban.actions[811]: NOTICE [sshd] Ban 192.0.2.7", "unclear"),
        ("2024-13-01 14:00:00,000 fail2ban.actions [811]: NOTICE [sshd] Ban 192.0.2.7", "unclear"),
        ("2024-05-01 14:00:00,000 sudo: [sshd] Ban 192.0.2.7", "other"),
        ("2024-05-01 14:00:00,000 host sudo[7]: fail2ban.actions [1]: NOTICE [sshd] Ban 192.0.2.7", "other"),
        (
            "2024-05-01 14:00:00,000 fail2ban sudo[7]: fail2ban.actions [1]: NOTICE [sshd] Ban 192.0.2.7",
            "other",
        ),
        ("2024-05-01 14:00:00,000 one two three four five six seven [sshd] Ban 192.0.2.7", "unclear"),
        ("", "other"),
        ("€€€€€€€€€€€€", "other"),
    ] {
        assert_eq!(short(line), said, "{line}");
    }
    let line = Line { bytes: b"\xff\xfe2024 fail2ban [sshd] Ban \xff", is_cut: false };
    assert!(read(&line, &mut clock(), &Zone::system()).is_unclear);
}

#[test]
fn the_hour_that_is_told_twice_goes_forward() {
    let zone = Zone::named("Europe/Berlin").expect("a zone");
    let mut clock = clock();
    let mut at = |time: &str, found: &str| {
        let line = format!(
            "2024-10-27 {time},000 fail2ban.filter [1]: INFO [sshd] Found 192.0.2.7 - 2024-10-27 {found}"
        );
        match read(&whole(&line), &mut clock, &zone).entry {
            Some(LogEntry { at, said: LogSaid::Address(_, _, LogWord::Found(found)) }) => {
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
