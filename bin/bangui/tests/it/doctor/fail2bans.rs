//! fail2ban of a version that does not work, and one that keeps its bans in no file.

use std::path::Path;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use fail2ban_client::fake::{Reply, Server as Fake};

use super::Visit;
use crate::server::{Server, Setup, eventually};

#[test]
fn a_version_that_is_too_old_is_a_failure_and_is_asked_nothing_else() {
    let old = Fake::answering(|request| match request.words()[..] {
        ["version"] => Reply::text("0.11.1"),
        ["ping"] => Reply::text("pong"),
        _ => Reply::invalid_command(),
    })
    .expect("a socket");
    Visit::to(old.socket()).findings().has("fail2ban", "failure", "0.11.1", "Upgrade");
    let asked = old.recording().commands();
    assert!(asked.iter().all(|words| ["ping", "version"].contains(&words[0].as_str())), "{asked:?}");
}

#[test]
fn a_database_that_is_no_file_is_not_asked_to_be_mounted() {
    let lab = || Fail2ban::builder().env("TZ", "UTC").jail(JailSpec::new("sshd", Filter::Sshd));
    for (builder, word) in [(lab().database_in_memory(), ":memory:"), (lab().database(false), "None")] {
        let fail2ban = builder.start().expect("fail2ban starts");
        let stale = Path::new("/nowhere/of-former-times.sqlite3").display().to_string();
        let visit = Visit::to(&fail2ban.socket());
        for visit in [visit.findings(), visit.set("BANGUI_FAIL2BAN__DATABASE", &stale).findings()] {
            visit.has("history", "warning", &format!("dbfile = {word}"), "Set dbfile in fail2ban.local");
            visit.has("time zone", "skipped", "no database", "");
        }
        let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
        server.wait_for_health(200);
        let said = eventually("the log to say so", || {
            server.log().lines().find(|line| line.contains(&format!("dbfile = {word}"))).map(str::to_owned)
        });
        assert!(said.contains("WARN") && said.contains("Set dbfile"), "{said}");
        assert!(!server.log().contains("mounted"), "{}", server.log());
    }
}
