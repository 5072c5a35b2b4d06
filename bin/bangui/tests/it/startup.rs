//! Starting, refusing to start, and stopping.

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;

use crate::command::run;
use crate::server::{PASSWORD, Server, Setup, bangui, free_port, namespace};

fn nowhere() -> Setup {
    Setup::with_socket(Path::new("/nowhere/fail2ban.sock"))
}

fn serve(dir: &TempDir, settings: &[(&str, &str)]) -> (i32, String) {
    let mut command = bangui();
    command
        .arg("serve")
        .env("BANGUI_HTTP__LISTEN", free_port().to_string())
        .env("BANGUI_DATABASE__URL", format!("sqlite://{}/bangui.db", dir.path().display()))
        .env("BANGUI_FAIL2BAN__SOCKET", "/nowhere/fail2ban.sock");
    for (key, value) in settings {
        command.env(key, value);
    }
    run(&mut command)
}

#[test]
fn all_wrong_settings_are_named_at_once() {
    let dir = TempDir::new().expect("a directory");
    let (code, text) = serve(
        &dir,
        &[("BANGUI_WORKERS", "4"), ("BANGUI_FAIL2BAN__SOCKET", "relative"), ("BANGUI_LOG__FILTER", "a=b=c")],
    );
    assert_eq!(code, 78, "{text}");
    for key in ["workers", "fail2ban.socket", "log.filter"] {
        assert!(text.contains(key), "{key} in {text}");
    }
    let (code, text) = serve(&dir, &[("BANGUI_FAIL2BAN__SOCKETT", "/x")]);
    assert_eq!(code, 78, "{text}");
    assert!(text.contains("sockett"), "{text}");
}

#[test]
fn a_number_of_processes_that_makes_no_sense_is_named_with_the_value() {
    let dir = TempDir::new().expect("a directory");
    for value in ["many", "0", "-2", " 2", "02", "99999999999999999999"] {
        let (code, text) = serve(&dir, &[("BANGUI_WORKERS", value)]);
        assert_eq!(code, 78, "{text}");
        assert!(text.contains("workers") && text.contains(&format!("{value:?}")), "{value:?} in {text}");
    }
    let (code, text) = serve(&dir, &[("BANGUI_WORKERS", "2")]);
    assert_eq!(code, 78, "{text}");
    for part in ["sessions", "throttle", "run-time state", "PostgreSQL", "docs/deployment.md"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!dir.path().join("bangui.db").exists());
}

#[test]
fn variables_of_process_managers_are_noticed() {
    let mut setup = nowhere();
    setup.settings.push(("WEB_CONCURRENCY", "4".to_owned()));
    let server = Server::start(&setup);
    assert!(server.log().contains("WEB_CONCURRENCY"), "{}", server.log());
}

#[test]
fn a_port_in_use_ends_the_start_before_the_database_is_made() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let dir = TempDir::new().expect("a directory");
    let (code, text) = serve(&dir, &[("BANGUI_HTTP__LISTEN", &address)]);
    assert_eq!(code, 74, "{text}");
    assert!(text.contains(&address) && text.contains("BANGUI_HTTP__LISTEN"), "{text}");
    assert!(!dir.path().join("bangui.db").exists());
}

#[test]
fn a_database_directory_that_cannot_be_used_is_named() {
    let dir = TempDir::new().expect("a directory");
    for url in ["sqlite:///nowhere/at/all/bangui.db", "sqlite:///proc/bangui.db", "sqlite:///etc/passwd/x.db"]
    {
        let (code, text) = serve(&dir, &[("BANGUI_DATABASE__URL", url)]);
        assert!(code == 78 || code == 74, "{url}: {code} {text}");
        let place = Path::new(url.trim_start_matches("sqlite://")).parent().expect("a directory");
        assert!(text.contains(place.to_str().expect("text")), "{text}");
    }
    let (code, text) = serve(&dir, &[("BANGUI_DATABASE__URL", "mysql://root:hunter2@h/d")]);
    assert_eq!(code, 78);
    assert!(text.contains("postgres://") && !text.contains("hunter2"), "{text}");
}

#[test]
fn a_second_process_on_the_same_file_is_refused_and_told_who_is_there() {
    let mut first = Server::start(&nowhere());
    let url = format!("sqlite://{}/bangui.db", first.dir.path().display());
    let dir = TempDir::new().expect("a directory");
    let (code, text) = serve(&dir, &[("BANGUI_DATABASE__URL", &url)]);
    assert_eq!(code, 75, "{text}");
    assert!(text.contains(&format!("process {}", first.pid())), "{text}");
    assert!(text.contains("PostgreSQL"), "{text}");
    let (_, ready) = first.get("/api/health/ready");
    assert_eq!(ready["scheduler"], "leader");
    first.signal(Signal::TERM);
    assert_eq!(first.wait(), 0);
}

#[test]
fn a_killed_process_is_known_to_be_gone_so_that_its_successor_need_not_wait() {
    let mut first = Server::start(&nowhere());
    first.signal(Signal::KILL);
    first.wait();
    let url = format!("sqlite://{}/bangui.db", first.dir.path().display());
    let mut setup = nowhere();
    setup.settings.push(("BANGUI_DATABASE__URL", url));
    let second = Server::start(&setup);
    assert_eq!(second.get("/api/health/ready").1["scheduler"], "leader");
    let log = second.log();
    assert!(log.contains(&format!("pid={} token=1", first.pid())) && log.contains("is gone"), "{log}");
    assert!(!log.contains("waiting up to"), "{log}");
}

#[test]
fn the_data_directory_is_all_that_has_to_be_writable() {
    let mount = TempDir::new().expect("a directory");
    let (data, others) = (mount.path().display(), std::env::temp_dir());
    let mut setup = nowhere();
    setup.settings.push(("BANGUI_DATABASE__URL", format!("sqlite://{data}/bangui.db")));
    setup.through = namespace();
    let script = format!(
        "for place in /var/tmp {others}; do mount --bind $place $place && mount -o remount,bind,ro $place || exit; done; \
         mount -t tmpfs tmpfs {data} && cd /proc && exec \"$0\" \"$@\"",
        others = others.display()
    );
    setup.through.extend(["sh".to_owned(), "-c".to_owned(), script]);
    let server = Server::start_and_login(&setup);
    let (status, body) = server.get("/api/events");
    assert_eq!((status, &body["items"]), (200, &json!([])), "{body}");
}

#[test]
fn a_stop_gives_the_lock_back_so_that_the_next_start_need_not_wait() {
    let mut first = Server::start(&nowhere());
    first.signal(Signal::INT);
    assert_eq!(first.wait(), 0);
    assert!(first.log().contains("scheduler lock given back"), "{}", first.log());
}

#[test]
fn users_are_made_by_token_by_file_or_on_the_command_line() {
    let mut setup = nowhere();
    setup.settings.push(("BANGUI_ADMIN__PASSWORD", String::new()));
    let server = Server::start(&setup);
    assert_eq!(server.get("/api/setup").1, json!({"needed": true}));
    assert_eq!(server.get("/api/jails").0, 401);
    let log = server.log();
    let token = log.split("until the next start: ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let token = token.expect("a set-up token in the log");
    let order = |token: &str| json!({"token": token, "username": "alice", "password": PASSWORD});
    let (status, body) = server.call("POST", "/api/setup", Some(&order("wrong")));
    assert_eq!((status, &body["code"]), (403, &json!("setup_token_invalid")));
    let (status, body) = server.call("POST", "/api/setup", Some(&order(token)));
    assert_eq!(status, 201, "{body}");
    assert_eq!(server.get("/api/setup").1, json!({"needed": false}));
    let (status, body) = server.call("POST", "/api/setup", Some(&order(token)));
    assert_eq!((status, &body["code"]), (409, &json!("setup_done")));

    let mut add = bangui();
    add.args(["user", "add", "bob", "--password-stdin"])
        .env("BANGUI_DATABASE__URL", format!("sqlite://{}/bangui.db", server.dir.path().display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let mut child = add.spawn().expect("the binary runs");
    child.stdin.take().expect("a pipe").write_all(PASSWORD.as_bytes()).expect("written");
    assert!(child.wait().expect("an end").success());
    let credentials = json!({"username": "BOB", "password": PASSWORD});
    assert_eq!(server.call("POST", "/api/auth/login", Some(&credentials)).0, 200);
    let credentials = json!({"username": "bob", "password": "not the password"});
    assert_eq!(server.call("POST", "/api/auth/login", Some(&credentials)).0, 401);
}

#[test]
fn check_config_shows_settings_without_secrets() {
    let dir = TempDir::new().expect("a directory");
    let mut command = bangui();
    command
        .arg("check-config")
        .env("BANGUI_DATABASE__URL", format!("sqlite://{}/bangui.db", dir.path().display()))
        .env("BANGUI_ADMIN__PASSWORD", PASSWORD);
    let (code, text) = run(&mut command);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("poll_interval_ms") && !text.contains(PASSWORD), "{text}");
    assert!(!text.contains("warning"), "{text}");
    assert!(!dir.path().join("bangui.db").exists());
}

#[test]
fn the_pages_are_served_beside_the_api() {
    let server = Server::start(&nowhere());
    let (status, page) = server.get("/");
    assert_eq!(status, 200);
    assert!(page.as_str().is_some_and(|page| page.contains("BanGUI")), "{page}");
    let (status, body) = server.get("/api/no/such/route");
    assert!(status == 401 || status == 404, "{status} {body}");
}
