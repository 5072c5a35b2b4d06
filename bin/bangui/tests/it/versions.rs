//! What BanGUI asks of the fail2ban that it finds: nothing that fail2ban would complain of in its log, whatever its version,
//! and nothing but the version of one that is too old.

use std::collections::BTreeSet;

use fail2ban_client::fake::{Reply, Server as Fake};
use serde_json::json;

use crate::lab::{attack, fail2ban, ip, story};
use crate::server::{Server, Setup, eventually};

/// Looks that are waited for, one each half second.
const LOOKS: usize = 12;

/// What fail2ban warns of by itself, at each first start.
const OF_ITS_OWN: &str = "New database created";

/// The lines of fail2ban's log that an operator would worry about.
fn complaints(log: &str) -> Vec<&str> {
    let worrying = |line: &&str| {
        !line.contains(OF_ITS_OWN)
            && ["WARNING", "ERROR", "CRITICAL"]
                .iter()
                .any(|level| line.split_whitespace().any(|word| word == *level))
    };
    log.lines().filter(worrying).collect()
}

/// Waits until fail2ban was asked again and again.
fn watched(server: &Server) {
    let mut seen = BTreeSet::new();
    eventually("fail2ban to be asked again and again", || {
        let (_, system) = server.get("/api/system");
        seen.insert(system["fail2ban"]["checked_at"].to_string());
        (seen.len() > LOOKS).then_some(())
    });
}

#[test]
fn nothing_that_bangui_asks_leaves_a_complaint_in_fail2bans_log() {
    let mut fail2ban = fail2ban();
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    attack(&fail2ban, "sshd", "192.0.2.90");
    eventually("the ban", || (story(&server, "192.0.2.90") == ["ban detected -"]).then_some(()));
    for path in ["/api/system", "/api/jails", "/api/jails/sshd", "/api/jails/nginx"] {
        assert_eq!(server.get(path).0, 200, "{path}");
    }
    let order = json!({"ip": "203.0.113.90", "jail": "nginx"});
    assert_eq!(server.call("POST", "/api/bans", Some(&order)).0, 201);
    assert_eq!(server.call("DELETE", "/api/bans/203.0.113.90", None).0, 200);
    assert_eq!(server.call("DELETE", "/api/bans/192.0.2.90?jail=sshd", None).0, 200);
    let entry = json!({"address": "203.0.113.91", "jail": "sshd"});
    assert_eq!(server.call("POST", "/api/allowlist", Some(&entry)).0, 201);
    watched(&server);
    // A new connection has to find out anew what the server can do.
    fail2ban.stop().expect("it stops");
    server.wait_for_health(503);
    fail2ban.start_again().expect("it starts");
    server.wait_for_health(200);
    attack(&fail2ban, "nginx", "2001:db8::90");
    eventually("the next ban", || (story(&server, "2001:db8::90") == ["ban detected -"]).then_some(()));
    watched(&server);
    assert!(fail2ban.is_banned("nginx", ip("2001:db8::90")).expect("an answer"));
    let log = std::fs::read_to_string(fail2ban.server_log()).expect("its log");
    assert!(log.contains("2001:db8::90"), "it logs what it does: {log}");
    assert_eq!(complaints(&log), Vec::<&str>::new());
}

/// The oldest that can be run is the oldest that works, so that an older one has to be played.
#[test]
fn a_fail2ban_that_is_too_old_is_named_and_asked_for_nothing_but_its_version() {
    let old = Fake::answering(|request| match request.words()[..] {
        ["version"] => Reply::text("0.11.1"),
        _ => Reply::invalid_command(),
    })
    .expect("a socket");
    let server = Server::start_and_login(&Setup::with_socket(old.socket()));
    let problem = eventually("the problem to be named", || {
        let (_, system) = server.get("/api/system");
        (system["fail2ban"]["problem"]["code"] == "too_old").then(|| system["fail2ban"]["problem"].clone())
    });
    let detail = problem["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("0.11.1") && detail.contains("0.11.2"), "{problem}");
    assert!(problem["hint"].as_str().is_some_and(|hint| hint.contains("Upgrade")), "{problem}");
    let health = server.wait_for_health(503);
    assert_eq!((&health["fail2ban"], &health["reason"]), (&json!("offline"), &json!("too_old")), "{health}");
    let order = json!({"ip": "203.0.113.92", "jail": "sshd"});
    for (method, path, body) in [
        ("POST", "/api/bans", Some(&order)),
        ("DELETE", "/api/bans/203.0.113.92", None),
        ("GET", "/api/jails/sshd", None),
    ] {
        let (status, body) = server.call(method, path, body);
        assert_eq!((status, &body["code"]), (503, &json!("fail2ban_offline")), "{method} {path}: {body}");
        assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("0.11.1")), "{body}");
    }
    watched(&server);
    let asked: BTreeSet<_> = old.recording().commands().into_iter().collect();
    assert_eq!(asked, BTreeSet::from([vec!["version".to_owned()]]));
}

#[test]
fn complaints_are_told_from_what_a_log_says_of_itself() {
    let log = "2026-12-01 12:00:00,000 fail2ban.transmitter [1]: WARNING Command ['stats'] has failed.\n\
               2026-12-01 12:00:00,000 fail2ban.database    [1]: WARNING New database created. Version '4'\n\
               2026-12-01 12:00:00,000 fail2ban.actions     [1]: NOTICE  [sshd] Ban 192.0.2.1\n";
    assert_eq!(complaints(log).len(), 1);
}
