//! Files of other programs that hold what nobody expects: the watching goes on, and what is wrong is named.

use bangui_test_support::db::SqliteFile;
use serde_json::Value;
use tempfile::TempDir;

use crate::lab::{attack, fail2ban};
use crate::server::{Server, Setup, eventually};

/// Rows without end, with all columns that fail2ban's table of bans has.
const ENDLESS: &str = "CREATE VIEW bans AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
     SELECT i AS rowid, 'sshd' AS jail, '192.0.2.1' AS ip, i AS timeofban, 600 AS bantime, 1 AS bancount, NULL AS data FROM n";

fn problem(server: &Server) -> Option<Value> {
    let (_, system) = server.get("/api/system");
    let problems = system["fail2ban"]["problems"].as_array()?.clone();
    problems.into_iter().find(|problem| problem["code"] == "database_unreadable")
}

#[test]
fn a_database_of_fail2ban_that_answers_without_end_does_not_stop_the_watching() {
    let (fail2ban, directory) = (fail2ban(), TempDir::new().expect("a directory"));
    let path = directory.path().join("fail2ban.sqlite3");
    SqliteFile::open(&path).execute(ENDLESS);
    let mut setup = Setup::with_socket(&fail2ban.socket());
    setup.settings.push(("BANGUI_FAIL2BAN__DATABASE", path.display().to_string()));
    let server = Server::start_and_login(&setup);
    server.wait_for_health(200);
    let named = eventually("the problem", || problem(&server));
    assert!(named["detail"].as_str().expect("a text").contains("bans is a view"), "{named}");
    for address in ["192.0.2.60", "192.0.2.61"] {
        attack(&fail2ban, "sshd", address);
        eventually("the ban", || server.items("/api/bans").into_iter().find(|ban| ban["ip"] == address));
    }
    server.wait_for_health(200);

    // A real one in its place is read.
    std::fs::remove_file(&path).expect("removed");
    SqliteFile::open(&path).execute(
        "CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL, \
         bancount INTEGER NOT NULL default 1, data JSON)",
    );
    attack(&fail2ban, "sshd", "192.0.2.62");
    eventually("the problem to be gone", || problem(&server).is_none().then_some(()));
}
