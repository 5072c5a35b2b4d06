//! Two processes on one PostgreSQL database: sessions and the count of wrong logins are those of all.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use serde_json::json;

use crate::server::{PASSWORD, Server, Setup, bangui, eventually};

/// Without fail2ban, and with a cache that outlives the test, so that only a notice can be in time.
fn setup(place: &Place) -> Setup {
    let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
    for (key, value) in [
        ("BANGUI_DATABASE__URL", place.url()),
        ("BANGUI_WORKERS", "2"),
        ("BANGUI_SESSION__CACHE_SECS", "300"),
    ] {
        setup.settings.push((key, value.to_owned()));
    }
    setup
}

fn me(server: &Server) -> u16 {
    server.get("/api/auth/me").0
}

#[test]
fn a_session_holds_on_every_process_and_ends_on_every_process() {
    let place = Place::new(DbKind::Postgres);
    let mut first = Server::start_and_login(&setup(&place));
    let mut second = Server::start(&setup(&place));
    assert_eq!(me(&second), 401);
    second.share_session(&first);
    assert_eq!(me(&second), 200, "at once");
    let ends = |why: &str, server: &Server| eventually(why, || (me(server) == 401).then_some(()));

    assert_eq!(first.call("POST", "/api/auth/logout", None).0, 204);
    ends("a logout to end the session elsewhere", &second);

    first.log_in(PASSWORD);
    second.share_session(&first);
    assert_eq!((me(&first), me(&second)), (200, 200));
    let mut third = Server::start_and_login(&setup(&place));
    assert_eq!(third.call("DELETE", "/api/sessions", None).1, json!({"ended": 1}));
    ends("ended by another session", &first);
    ends("ended by another session", &second);

    second.share_session(&third);
    assert_eq!(me(&second), 200);
    let mut passwd = bangui()
        .args(["user", "passwd", "admin", "--password-stdin"])
        .env("BANGUI_DATABASE__URL", place.url())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut input = passwd.stdin.take().expect("standard input");
    input.write_all(b"another long password").expect("it reads");
    drop(input);
    assert!(passwd.wait().expect("a child").success());
    ends("the command to end the session", &second);
    ends("the command to end the session", &third);
    third.log_in("another long password");
    assert_eq!(me(&third), 200);
}

#[test]
fn wrong_logins_count_on_all_processes_together_and_outlive_them() {
    let place = Place::new(DbKind::Postgres);
    let servers = [Server::start(&setup(&place)), Server::start(&setup(&place))];
    let guess = |server: &Server| {
        let body = json!({"username": "nobody", "password": "wrong"});
        server.call("POST", "/api/auth/login", Some(&body)).0
    };
    let mut looked_at = 0;
    for server in servers.iter().cycle() {
        match guess(server) {
            401 => looked_at += 1,
            status => {
                assert_eq!(status, 429);
                break;
            }
        }
    }
    let tries = "SELECT tries AS count FROM login_tries WHERE kind = 'account' AND subject = 'nobody'";
    assert_eq!(place.count(tries).expect("a count"), looked_at);
    assert!(looked_at >= 5, "{looked_at}");

    // As if it had gone on for long: the wait is no matter of how long a start takes.
    place.execute("UPDATE login_tries SET tries = 100").expect("an update");
    drop(servers);
    let again = Server::start(&setup(&place));
    let body = json!({"username": "someone", "password": "wrong"});
    let (status, problem) = again.call("POST", "/api/auth/login", Some(&body));
    assert_eq!((status, &problem["code"]), (429, &json!("login_throttled")), "this address has to wait");
}
