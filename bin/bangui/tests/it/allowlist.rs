//! The allowlist against a real fail2ban: what it never bans, and what of its own configuration stays.

use std::collections::BTreeSet;

use bangui_test_support::fail2ban::{Fail2ban, lines};
use serde_json::{Value, json};

use crate::lab::{attack, fail2ban, ip, story};
use crate::server::{Server, Setup, eventually};

fn ignored(fail2ban: &Fail2ban, jail: &str) -> BTreeSet<String> {
    let told = fail2ban.client(&["get", jail, "ignoreip"]).expect("an answer");
    let address =
        |word: &str| word.parse::<ipnet::IpNet>().is_ok() || word.parse::<std::net::IpAddr>().is_ok();
    told.split_whitespace().filter(|word| address(word)).map(str::to_owned).collect()
}

#[test]
fn an_allowed_address_is_never_banned_whatever_fail2ban_forgets() {
    let fail2ban = fail2ban();
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    let own = ignored(&fail2ban, "sshd");
    assert!(own.contains("198.18.0.0/15"), "{own:?}");

    // Banned already: lifted, with who and why.
    attack(&fail2ban, "sshd", "203.0.113.7");
    eventually("the ban", || server.items("/api/bans?ip=203.0.113.7").into_iter().next());
    let mut entries = Vec::new();
    for address in ["203.0.113.0/24", "2001:DB8::7", "198.18.0.0/15"] {
        let order = json!({"address": address, "note": "a test"});
        let (status, body) = server.call("POST", "/api/allowlist", Some(&order));
        assert_eq!((status, &body["pending"]), (201, &Value::Null), "{body}");
        entries.push(body);
    }
    assert_eq!(entries[0]["lifted"], 1);
    assert!(!fail2ban.is_banned("sshd", ip("203.0.113.7")).expect("an answer"));
    assert_eq!(story(&server, "203.0.113.7"), ["ban detected -", "unban manual admin"]);

    let mut allowed = own.clone();
    allowed.extend(["203.0.113.0/24".to_owned(), "2001:db8::7".to_owned()]);
    assert_eq!(ignored(&fail2ban, "sshd"), allowed);
    let (status, body) =
        server.call("POST", "/api/bans", Some(&json!({"ip": "203.0.113.9", "jail": "nginx"})));
    assert_eq!((status, &body["code"]), (409, &json!("address_allowed")), "{body}");

    // A reload empties the list; the upkeep fills it again.
    fail2ban.client(&["reload"]).expect("a reload");
    eventually("the entries to be put back", || (ignored(&fail2ban, "sshd") == allowed).then_some(()));
    // The failures of the allowed address come first: once the other one is banned, they have been seen.
    for _ in 0..5 {
        fail2ban.append("sshd", &lines::sshd(ip("203.0.113.7"))).expect("a line");
    }
    attack(&fail2ban, "sshd", "192.0.2.10");
    assert!(!fail2ban.is_banned("sshd", ip("203.0.113.7")).expect("an answer"));

    for entry in &entries {
        let id = entry["entry"]["id"].as_i64().expect("a number");
        let (status, body) = server.call("DELETE", &format!("/api/allowlist/{id}"), None);
        assert_eq!((status, &body["pending"]), (200, &Value::Null), "{body}");
    }
    assert_eq!(ignored(&fail2ban, "sshd"), own, "what its own configuration names stays");
    assert!(!ignored(&fail2ban, "nginx").contains("198.18.0.0/15"));
    attack(&fail2ban, "sshd", "203.0.113.7");
}
