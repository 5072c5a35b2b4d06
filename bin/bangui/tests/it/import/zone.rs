//! A log that was written in another time zone than it is read in: its bans would be there twice.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use bangui_persistence::DbKind;
use tempfile::TempDir;

use super::{command, path, watched, write};
use crate::command::run;

/// 2024-05-01T10:00:00Z, which is noon in Berlin.
const NOON: i64 = 1_714_557_600_000;

#[test]
fn a_log_of_another_zone_is_refused_with_the_setting_that_mends_it() {
    let dir = TempDir::new().expect("a directory");
    let place = watched(DbKind::Sqlite);
    place.execute("INSERT INTO jails (id, server_id, name) VALUES (1, 'local', 'sshd')").expect("a jail");
    let mut log = String::new();
    for number in 1..=5 {
        let seen = format!(
            "INSERT INTO addresses (id, ip, ip_key, place_no) VALUES ({number}, '192.0.2.{number}', '', 0); \
             INSERT INTO bans (id, banned_at, bantime, ended_at, end_id, address_id, jail_id, origin, end_origin) \
             VALUES ({number}, {}, 600, {}, {}, {number}, 1, 0, 3)",
            NOON + number * 60_000,
            NOON + number * 60_000 + 600_000,
            number + 10
        );
        place.execute(&seen).expect("a ban");
        writeln!(
            log,
            "2024-05-01 12:0{number}:00,300 fail2ban.actions        [811]: NOTICE  [sshd] Ban 192.0.2.{number}"
        )
        .expect("written");
    }
    let file = write(&dir, "fail2ban.log", &log);
    let bans = || place.count("SELECT count(*) AS count FROM bans").expect("a count");

    let mut wrong = command(place.url(), &[path(&file)]);
    let (code, text) = run(wrong.env("BANGUI_FAIL2BAN__TIMEZONE", "UTC"));
    assert_ne!(code, 0, "{text}");
    assert!(text.contains("fail2ban.timezone") && text.contains("2 h 0 min later"), "{text}");
    assert_eq!(bans(), 5);

    let mut piped = command(place.url(), &["-"]);
    piped.env("BANGUI_FAIL2BAN__TIMEZONE", "UTC").stdin(Stdio::piped()).stderr(Stdio::null());
    let mut child = piped.spawn().expect("the binary runs");
    child.stdin.take().expect("a pipe").write_all(log.as_bytes()).expect("written");
    assert!(!child.wait().expect("it ends").success());
    assert_eq!(bans(), 5);

    let mut right = command(place.url(), &[path(&file)]);
    let (code, text) = run(right.env("BANGUI_FAIL2BAN__TIMEZONE", "Europe/Berlin"));
    assert_eq!(code, 0, "{text}");
    assert_eq!(bans(), 5, "they are known");
}
