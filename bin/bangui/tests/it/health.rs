//! `GET /api/health` and `bangui healthcheck` while fail2ban starts, answers, is gone, hangs, or cannot be seen.

use std::os::unix::net::UnixListener;
use std::path::Path;

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::run;
use crate::lab::fail2ban;
use crate::mounts::Mounted;
use crate::server::{PASSWORD, Server, Setup, bangui, eventually};

/// Exit code and output of `bangui healthcheck`.
pub(crate) fn healthcheck(server: &Server, arguments: &[&str]) -> (i32, String) {
    let mut command = bangui();
    command
        .arg("healthcheck")
        .args(arguments)
        .env("BANGUI_HTTP__LISTEN", server.address.to_string())
        .env("BANGUI_DATABASE__URL", format!("sqlite://{}/bangui.db", server.dir.path().display()))
        .env("BANGUI_ADMIN__PASSWORD", PASSWORD);
    run(&mut command)
}

/// Sends a signal to a running fail2ban.
pub(crate) fn signal(fail2ban: &Fail2ban, signal: Signal) {
    let pid = fail2ban.pid().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)).expect("it runs");
    kill_process(pid, signal).expect("a signal");
}

/// Waits until the health is 503 for this reason.
fn wait_for_reason(server: &Server, reason: &str) -> Value {
    eventually(reason, || {
        server
            .try_get("/api/health")
            .filter(|(code, body)| *code == 503 && body["reason"] == reason)
            .map(|(_, b)| b)
    })
}

#[test]
fn a_listener_that_never_answers_is_starting_and_then_hung() {
    let dir = TempDir::new().expect("a directory");
    let socket = dir.path().join("silent.sock");
    let _listener = UnixListener::bind(&socket).expect("a socket");
    let server = Server::start_and_login(&Setup::with_socket(&socket));
    let (status, body) = server.get("/api/health");
    assert_eq!(
        (status, &body["status"], &body["reason"]),
        (503, &json!("unavailable"), &Value::Null),
        "{body}"
    );
    assert_eq!((&body["fail2ban"], &body["since"]), (&json!("starting"), &Value::Null), "{body}");
    assert_eq!(healthcheck(&server, &[]).0, 1);

    let body = wait_for_reason(&server, "timed_out");
    assert_eq!(body["fail2ban"], "hung", "{body}");
    assert!(body["since"].is_string() && !body.to_string().contains("silent.sock"), "{body}");
    assert_eq!(server.get("/api/health/live").0, 200);
    assert_eq!(server.get("/api/health/ready").0, 200);
    let (code, text) = healthcheck(&server, &[]);
    assert!(code == 1 && text.contains("\"hung\""), "{code} {text}");
    assert_eq!(healthcheck(&server, &["--live"]).0, 0);
}

#[test]
fn a_fail2ban_that_hangs_is_unhealthy_on_every_replica_and_well_when_it_goes_on() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = fail2ban();
    let start = |socket: &Path| {
        let mut setup = Setup::with_socket(socket);
        setup.settings.push(("BANGUI_DATABASE__URL", place.url().to_owned()));
        setup.settings.push(("BANGUI_WORKERS", "2".to_owned()));
        let server = Server::start_and_login(&setup);
        server.wait_for_health(200);
        server
    };
    // The one that stands by would find nothing if it asked.
    let (leader, standby) = (start(&fail2ban.socket()), start(&fail2ban.dir().join("no.sock")));

    signal(&fail2ban, Signal::STOP);
    let hung = wait_for_reason(&leader, "timed_out");
    assert_eq!(hung["fail2ban"], "hung");
    assert_eq!(wait_for_reason(&standby, "timed_out")["since"], hung["since"]);
    for server in [&leader, &standby] {
        let (_, system) = server.get("/api/system");
        assert_eq!(
            (&system["fail2ban"]["state"], &system["fail2ban"]["since"]),
            (&json!("hung"), &hung["since"])
        );
        let hint = &system["fail2ban"]["problem"]["hint"];
        assert!(hint.as_str().is_some_and(|hint| hint.contains("restart fail2ban")), "{system}");
    }
    assert_eq!(healthcheck(&leader, &[]).0, 1);

    signal(&fail2ban, Signal::CONT);
    for server in [&leader, &standby] {
        assert_eq!(server.wait_for_health(200)["reason"], Value::Null);
        assert_eq!(healthcheck(server, &[]).0, 0);
    }
}

#[test]
fn a_slow_action_of_fail2ban_is_no_reason_for_an_alarm() {
    let fail2ban = Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(JailSpec::new("sshd", Filter::Sshd).actionban("sleep 4"))
        .start()
        .expect("fail2ban starts");
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    let order = json!({"ip": "203.0.113.9", "jail": "sshd"});
    let seen: Vec<u16> = std::thread::scope(|scope| {
        let ban = scope.spawn(|| server.call("POST", "/api/bans", Some(&order)));
        let mut seen = Vec::new();
        while !ban.is_finished() {
            seen.push(server.get("/api/health").0);
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let (status, body) = ban.join().expect("an answer");
        assert_eq!(status, 201, "{body}");
        seen
    });
    assert!(seen.len() > 10 && seen.iter().all(|status| *status == 200), "{seen:?}");
}

#[test]
fn a_stale_mount_of_fail2bans_directory_is_named_with_what_to_do() {
    let mut mounted = Mounted::directory();
    let mut server = Server::start_and_login(&mounted.setup());
    server.wait_for_health(200);
    mounted.made_anew();

    let body = wait_for_reason(&server, "stale_mount");
    assert_eq!(body["fail2ban"], "offline");
    let problem = &server.get("/api/system").1["fail2ban"]["problem"];
    let text = |key: &str| problem[key].as_str().expect("text").to_owned();
    assert!(text("detail").contains("has been deleted where it came from"), "{problem}");
    assert!(text("hint").contains("Restart this container"), "{problem}");
    assert!(text("hint").contains("RuntimeDirectoryPreserve=yes"), "{problem}");
    assert!(server.log().contains("stale_mount"), "{}", server.log());

    // What the advice says: a container that starts anew mounts the directory that is there now.
    server.signal(Signal::TERM);
    assert_eq!(server.wait(), 0);
    Server::start(&mounted.setup()).wait_for_health(200);
}

#[test]
fn a_stale_mount_of_fail2bans_socket_file_is_named_as_one() {
    let mut mounted = Mounted::file();
    let server = Server::start_and_login(&mounted.setup());
    server.wait_for_health(200);
    mounted.restarted();
    wait_for_reason(&server, "stale_mount");
    let problem = &server.get("/api/system").1["fail2ban"]["problem"];
    assert!(
        problem["detail"].as_str().is_some_and(|text| text.contains("mounted here as a file")),
        "{problem}"
    );
}
