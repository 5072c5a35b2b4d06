//! The filter of the log: changed while the server runs, small however it is written, and deaf to whoever wants logins unseen.

use serde_json::{Value, json};

use super::{call_for_id, objects, of_request, setup};
use crate::server::{PASSWORD, Server, eventually};

#[test]
fn what_is_logged_is_changed_while_the_server_runs_and_comes_back_by_itself() {
    let server =
        Server::start_and_login(&setup(&[("BANGUI_LOG__FILTER", "info"), ("BANGUI_LOG__FORMAT", "json")]));
    let log = "/api/system/log";
    let ask = |method, body: Value| server.call(method, log, Some(&body));
    let configured = json!({"filter": "info", "configured": "info", "until": null});
    assert_eq!(server.get(log), (200, configured.clone()));
    let is_told =
        || !of_request(&server, &call_for_id(&server, "GET", "/api/auth/me", None, None).1).is_empty();
    assert!(!is_told());

    for (body, field) in [
        (json!({"filter": "bangui=loud", "for_secs": 900}), "filter"),
        (json!({"filter": " ", "for_secs": 900}), "filter"),
        (json!({"filter": "x".repeat(1_001), "for_secs": 900}), "filter"),
        (json!({"filter": "info,[{message=(((x{9}){9}){9}){9}}]=info", "for_secs": 900}), "filter"),
        (json!({"filter": "debug"}), "for_secs"),
        (json!({"filter": "debug", "for_secs": 0}), "for_secs"),
        (json!({"filter": "debug", "for_secs": 86_401}), "for_secs"),
    ] {
        let (status, problem) = ask("PUT", body);
        assert_eq!((status, &problem["fields"][0]["field"]), (400, &json!(field)), "{problem}");
    }
    assert_eq!(server.get(log), (200, configured.clone()), "nothing of it has changed anything");

    let (status, state) = ask("PUT", json!({"filter": "info,bangui_api=debug", "for_secs": 900}));
    assert!(status == 200 && state["until"].is_string(), "{state}");
    assert_eq!(state["filter"], "info,bangui_api=debug");
    assert!(is_told());
    assert_eq!(server.call("DELETE", log, None), (200, configured.clone()));
    assert!(!is_told());

    let (_, state) = ask("PUT", json!({"filter": "debug", "for_secs": 86_400}));
    assert!(state["until"].is_string(), "{state}");
    let (_, state) = ask("PUT", json!({"filter": "trace", "for_secs": 1}));
    assert_eq!(state["filter"], "trace");
    eventually("the configured filter to come back", || (server.get(log).1 == configured).then_some(()));
    assert!(!is_told());
    let told = |words: &str| objects(&server).iter().any(|line| line["fields"]["message"] == words);
    assert!(told("the log filter changes") && told("the log filter is the configured one again"));
}

/// The memory that a process has in use, in KiB.
fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[test]
fn a_filter_is_small_however_it_is_written() {
    let server = Server::start_and_login(&setup(&[("BANGUI_LOG__FORMAT", "json")]));
    let ask = |filter: &str| {
        server.call("PUT", "/api/system/log", Some(&json!({"filter": filter, "for_secs": 60}))).0
    };
    assert_eq!(ask("info,bangui=debug"), 200);
    let before = resident_kib(server.pid());
    // Of the pattern engine's own limit, which it fills.
    for class in ["\\w", "\\pL", "."] {
        let pattern = format!("[{{a=(((({class}{{9}}){{9}}){{9}}){{9}}){{9}}}}]=info");
        assert_eq!(ask(&pattern), 400);
        assert_eq!(ask(&vec![pattern; 20].join(",")), 400);
    }
    let grown = resident_kib(server.pid()).saturating_sub(before);
    assert!(grown < 16 << 10, "{grown} KiB");
}

#[test]
fn no_filter_silences_lines_about_logins() {
    let server = Server::start(&setup(&[("BANGUI_LOG__FILTER", "off"), ("BANGUI_LOG__FORMAT", "json")]));
    let login = json!({"username": "admin", "password": "not this one at all"});
    let mut ids = Vec::new();
    let mut try_to_log_in = |server: &Server| {
        for path in ["/api/auth/login", "/api/%61uth/login"] {
            let (status, id) = call_for_id(server, "POST", path, Some(&login), None);
            if path == "/api/auth/login" {
                assert_eq!(status, 401);
            }
            ids.extend((status == 401).then_some(id));
        }
    };
    try_to_log_in(&server);
    let mut server = server;
    server.log_in(PASSWORD);
    for filter in
        ["off", "off,bangui_api::access::login=off", "bangui_api=off,bangui_api::access=off,bangui=off"]
    {
        let body = json!({"filter": filter, "for_secs": 900});
        assert_eq!(server.call("PUT", "/api/system/log", Some(&body)).0, 200, "{filter}");
        try_to_log_in(&server);
    }
    for id in &ids {
        let lines = of_request(&server, id);
        assert_eq!((lines.len(), &lines[0]["fields"]["status"]), (1, &json!(401)), "{id} {lines:?}");
    }
    let changes =
        objects(&server).iter().filter(|line| line["fields"]["message"] == "the log filter changes").count();
    assert_eq!(changes, 3, "whoever silences the log is seen");
}
