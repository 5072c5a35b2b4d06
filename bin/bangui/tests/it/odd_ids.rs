//! Entries that no command of fail2ban can name: a stranger has written them into a log, and fail2ban has banned them.

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};
use serde_json::json;

use crate::lab::ip;
use crate::server::{Server, Setup, eventually};

/// A text, and how it is spelled in a path.
const IDS: [(&str, &str); 3] =
    [("tab\tbed", "tab%09bed"), ("--all", "--all"), ("evil<F2B_END_COMMAND>x", "evil%3CF2B_END_COMMAND%3Ex")];

#[test]
fn an_unban_that_cannot_be_sent_is_a_bad_request_and_no_refusal() {
    let filter = Filter::Failregex("^ bad user \"<F-ID>[^\"]+</F-ID>\"$".to_owned());
    let fail2ban = Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(JailSpec::new("users", filter).maxretry(1))
        .jail(JailSpec::new("-dashed", Filter::Sshd))
        .start()
        .expect("fail2ban starts");
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    let line = lines::sshd(ip("192.0.2.1"));
    let stamp = line.split(' ').next().expect("a time");
    for (id, _) in IDS {
        fail2ban.append("users", &format!("{stamp} bad user \"{id}\"")).expect("a line");
    }
    eventually("the bans", || (server.items("/api/bans?jail=users").len() == IDS.len()).then_some(()));
    for (id, path) in IDS {
        let (status, body) = server.call("DELETE", &format!("/api/bans/{path}?jail=users"), None);
        assert_eq!((status, &body["code"]), (400, &json!("invalid")), "{id:?}: {body}");
        assert_eq!(body["fields"][0]["field"], "ip", "{id:?}: {body}");
        let message = body["fields"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("emptying its jail"), "{id:?}: {body}");
    }
    assert_eq!(server.items("/api/bans?jail=users").len(), IDS.len(), "none was lifted");

    // A jail of fail2ban that bears the name of a setting cannot be named in a command either.
    for (method, path) in [("GET", "/api/jails/loglevel"), ("GET", "/api/jails/--all")] {
        let (status, body) = server.call(method, path, None);
        assert_eq!((status, &body["fields"][0]["field"]), (400, &json!("jail")), "{path}: {body}");
    }
    let order = json!({"ip": "192.0.2.2", "jail": "dbfile"});
    let (status, body) = server.call("POST", "/api/bans", Some(&order));
    assert_eq!((status, &body["fields"][0]["field"]), (400, &json!("jail")), "{body}");

    // One with a dash can.
    let names: Vec<_> = server.items("/api/jails").iter().map(|jail| jail["name"].clone()).collect();
    assert_eq!(names, [json!("-dashed"), json!("users")]);
    let order = json!({"ip": "192.0.2.3", "jail": "-dashed"});
    assert_eq!(server.call("POST", "/api/bans", Some(&order)).0, 201);
    assert!(fail2ban.is_banned("-dashed", ip("192.0.2.3")).expect("an answer"));
}
