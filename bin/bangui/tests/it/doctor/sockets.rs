//! What can be wrong with fail2ban's socket, and with fail2ban behind it.

use std::os::unix::net::UnixListener;
use std::path::Path;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use rustix::process::Signal;
use tempfile::TempDir;

use super::{Visit, mode};
use crate::health::signal;
use crate::lab::fail2ban;
use crate::mounts::Mounted;
use crate::server::Server;

const NOBODY: u32 = 65_534;

#[test]
fn a_missing_socket_is_told_by_what_is_there_instead() {
    let found = Visit::to(Path::new("/nowhere/f.sock")).findings();
    found.has("socket", "failure", "its directory /nowhere is missing", "systemctl start fail2ban");
    for check in ["fail2ban", "jail logs", "history"] {
        assert!(found.with("skipped").contains(&check), "{check}");
    }

    let dir = TempDir::new().expect("a directory");
    std::fs::write(dir.path().join("fail2ban.pid"), "1").expect("written");
    let socket = dir.path().join("f.sock");
    Visit::to(&socket).findings().has("socket", "failure", "holds fail2ban.pid", "fail2ban.socket");
    std::fs::write(&socket, "").expect("written");
    Visit::to(&socket).findings().has("socket", "failure", "is not a socket", "mount the socket's directory");
    std::fs::remove_file(&socket).expect("gone");
    drop(UnixListener::bind(&socket).expect("a socket that nobody listens on"));
    Visit::to(&socket).findings().has("fail2ban", "failure", "nobody listens", "systemctl start fail2ban");
}

#[test]
fn a_socket_of_fail2ban_that_may_not_be_used_is_told_with_owner_and_group() {
    let fail2ban = fail2ban();
    let mut visit = Visit::to(&fail2ban.socket());
    visit.uid = Some(NOBODY);
    mode(fail2ban.dir(), 0o700);
    visit.findings().has("socket", "failure", "cannot be looked at by uid 65534", "search permission");
    for directory in fail2ban.socket().ancestors().skip(1).take_while(|path| path.starts_with(fail2ban.dir()))
    {
        mode(directory, 0o755);
    }
    let found = visit.findings();
    found.has("socket", "failure", "mode 0700, owner 0:0", "docs/installing.md");
    found.has("process", "ok", "uid 65534, gid 65534", "");
    assert!(found.with("skipped").contains(&"fail2ban"));

    mode(&fail2ban.socket(), 0o660);
    visit.findings().has("socket", "failure", "mode 0660", "group_add: [\"0\"]");
    std::os::unix::fs::chown(fail2ban.socket(), None, Some(NOBODY)).expect("root may give files away");
    let found = visit.findings();
    found.has("socket", "ok", "owner 0:65534", "");
    found.has("fail2ban", "ok", "answers in", "");
    found.has("history", "warning", "cannot be read", "read the file");
}

#[test]
fn a_fail2ban_that_hangs_is_told_and_not_waited_for() {
    let fail2ban = fail2ban();
    signal(&fail2ban, Signal::STOP);
    let found = Visit::to(&fail2ban.socket()).findings();
    found.has("socket", "ok", "may be used", "");
    found.has("fail2ban", "failure", "did not answer within 8s", "It hangs");
    assert!(found.with("skipped").contains(&"jail logs"));
}

#[test]
fn fail2ban_whose_log_files_are_not_here_gets_a_warning_for_each() {
    let fail2ban = fail2ban();
    std::fs::remove_file(fail2ban.log_path("nginx").expect("a jail")).expect("gone");
    std::fs::remove_file(fail2ban.server_log()).expect("gone");
    let found = Visit::to(&fail2ban.socket()).findings();
    found.has("jail logs", "warning", "of the jail nginx cannot be read here", "mount the log's directory");
    found.has("jail logs", "ok", "1 log file(s)", "");
    found.has("fail2ban log", "warning", "cannot be read here", "");
    assert!(found.with("failure").is_empty(), "fail2ban reads them, and BanGUI does not");
}

#[test]
fn fail2ban_without_a_database_or_with_one_elsewhere_is_told() {
    let fail2ban = Fail2ban::builder()
        .database(false)
        .jail(JailSpec::new("sshd", Filter::Sshd))
        .start()
        .expect("fail2ban starts");
    let visit = Visit::to(&fail2ban.socket());
    visit.findings().has("history", "warning", "keeps no database", "dbfile");
    // There is nothing to be mounted, whatever the setting says.
    let visit = visit.set("BANGUI_FAIL2BAN__DATABASE", "/nowhere/f.sqlite3");
    visit.findings().has("history", "warning", "keeps no database", "dbfile");

    let fail2ban =
        Fail2ban::builder().jail(JailSpec::new("sshd", Filter::Sshd)).start().expect("fail2ban starts");
    let visit = Visit::to(&fail2ban.socket()).set("BANGUI_FAIL2BAN__DATABASE", "/nowhere/f.sqlite3");
    visit.findings().has("history", "warning", "/nowhere/f.sqlite3", "BANGUI_FAIL2BAN__DATABASE");
}

#[test]
fn a_fail2ban_in_another_time_zone_or_with_another_clock_is_found_out() {
    let fail2ban = Fail2ban::builder()
        .env("TZ", "Asia/Tokyo")
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2))
        .start()
        .expect("fail2ban starts");
    // A log line's time is read in fail2ban's zone, so that it is banned by hand.
    fail2ban.client(&["set", "sshd", "banip", "192.0.2.8"]).expect("a ban");
    fail2ban.wait_for_row("192.0.2.8").expect("a row");
    let visit = Visit::to(&fail2ban.socket());
    visit.findings().has("time zone", "failure", "9 h 0 min too late", "BANGUI_FAIL2BAN__TIMEZONE");
    let visit = visit.set("BANGUI_FAIL2BAN__TIMEZONE", "Asia/Tokyo");
    let found = visit.findings();
    found.has("time zone", "ok", "192.0.2.8 in sshd", "");
    found.has("clock", "ok", "not in the future", "");

    let mut rows = bangui_test_support::db::SqliteFile::open(&fail2ban.database_path());
    rows.execute("UPDATE bans SET timeofban = timeofban + 7230");
    visit.findings().has("clock", "failure", "from now", "NTP");
}

#[test]
fn a_stale_mount_of_fail2bans_directory_is_told_with_the_drop_in() {
    let mut mounted = Mounted::directory();
    let setup = mounted.setup();
    let server = Server::start(&setup);
    server.wait_for_health(200);
    let mut visit = Visit::to_server(&server, &setup.socket);
    visit.through = Mounted::beside(&server);
    visit.findings().has("socket", "ok", "may be used", "");

    mounted.made_anew();
    let found = visit.findings();
    found.has("socket", "failure", "has been deleted where it came from", "Restart this container");
    found.has("socket", "failure", "", "RuntimeDirectoryPreserve=yes");
    assert!(found.with("skipped").contains(&"fail2ban"));
}

#[test]
fn a_mounted_directory_without_a_fail2ban_may_be_stale() {
    let mut mounted = Mounted::directory();
    let setup = mounted.setup();
    let server = Server::start(&setup);
    mounted.emptied();
    let mut visit = Visit::to_server(&server, &setup.socket);
    visit.through = Mounted::beside(&server);
    visit.findings().has("socket", "failure", "is mounted here and empty", "RuntimeDirectoryPreserve=yes");
}

#[test]
fn a_mounted_socket_file_of_fail2ban_is_warned_of_before_it_goes_stale() {
    let mut mounted = Mounted::file();
    let setup = mounted.setup();
    let server = Server::start(&setup);
    let mut visit = Visit::to_server(&server, &setup.socket);
    visit.through = Mounted::beside(&server);
    visit.findings().has("mount", "warning", "is mounted as a file", "Mount its directory");
    mounted.restarted();
    visit.findings().has("socket", "failure", "mounted here as a file", "and not the file");
}

#[test]
fn the_clock_and_zone_of_a_fail2ban_without_bans_cannot_be_judged() {
    let fail2ban = fail2ban();
    let found = Visit::to(&fail2ban.socket()).findings();
    found.has("clock", "skipped", "remembers no ban", "");
    found.has("time zone", "skipped", "", "");
}
