//! The main job: bans from the log arrive, bans and unbans by users are carried out, and fail2ban agrees.

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use serde_json::{Value, json};

use crate::lab::{attack, fail2ban, ip, story};
use crate::server::{Server, Setup, eventually};

fn find(server: &Server, path: &str) -> Value {
    eventually(path, || server.items(path).into_iter().next())
}

#[test]
fn a_ban_from_the_log_arrives_with_all_that_fail2ban_knows() {
    let fail2ban = fail2ban();
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    for address in ["192.0.2.10", "2001:db8::10"] {
        attack(&fail2ban, "sshd", address);
        let ban = find(&server, &format!("/api/bans?ip={address}"));
        assert_eq!(ban["ip"], address);
        assert_eq!(ban["jail"], "sshd");
        assert_eq!(ban["bantime"], 600);
        let event = eventually("the failures from fail2ban's database", || {
            let event = find(&server, &format!("/api/events?ip={address}"));
            event["failures"].is_u64().then_some(event)
        });
        assert_eq!((&event["kind"], &event["origin"]), (&json!("ban"), &json!("detected")));
        assert!(event["failures"].as_u64() >= Some(2), "{event}");
        assert_eq!(event["ban_count"], 1);
    }
    let (_, jail) = server.get("/api/jails/sshd");
    assert_eq!(jail["currently_banned"], 2);
    assert_eq!(jail["settings"]["maxretry"], 2);
    assert_eq!(jail["settings"]["bantime"], 600);
    assert_eq!(server.items("/api/jails").len(), 2);
    assert_eq!(server.items("/api/bans?ip=192.0.2.0/24").len(), 1);
    assert_eq!(server.items("/api/bans?ip=2001:db8::/32").len(), 1);
}

#[test]
fn bans_and_unbans_through_the_api_are_what_fail2ban_says() {
    let fail2ban = fail2ban();
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    for (asked, known) in [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:0DB8::DEAD:beef", "2001:db8::dead:beef"),
        ("::ffff:203.0.113.8", "203.0.113.8"),
    ] {
        let order = json!({"ip": asked, "jail": "sshd", "reason": "a test"});
        let (status, body) = server.call("POST", "/api/bans", Some(&order));
        assert_eq!((status, &body["ip"]), (201, &json!(known)), "{body}");
        assert_eq!(body["jails"], json!(["sshd"]));
        assert_eq!(body["ban"]["by"], "admin");
        assert!(fail2ban.is_banned("sshd", ip(known)).expect("an answer"));
        let (status, body) = server.call("POST", "/api/bans", Some(&order));
        assert_eq!((status, &body["newly_banned"]), (200, &json!(false)));

        let (status, body) = server.call("DELETE", &format!("/api/bans/{asked}"), None);
        assert_eq!((status, &body["unbanned"], &body["jails"]), (200, &json!(1), &json!([])), "{body}");
        assert!(!fail2ban.is_banned("sshd", ip(known)).expect("an answer"));
        assert_eq!(story(&server, known), ["ban manual admin", "unban manual admin"]);
        let (status, body) = server.call("DELETE", &format!("/api/bans/{asked}"), None);
        assert_eq!((status, &body["code"]), (404, &json!("ban_not_found")));
    }
}

#[test]
fn networks_are_banned_as_one_and_found_by_what_lies_in_them() {
    let fail2ban = fail2ban();
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    let order = json!({"ip": "203.0.113.0/24", "jail": "nginx"});
    let (status, body) = server.call("POST", "/api/bans", Some(&order));
    assert_eq!((status, &body["ip"]), (201, &json!("203.0.113.0/24")), "{body}");
    assert!(fail2ban.client(&["get", "nginx", "banip"]).expect("an answer").contains("203.0.113.0/24"));
    assert_eq!(
        server.items("/api/bans?ip=203.0.113.7").len(),
        1,
        "an address is found by the network around it"
    );
    let (status, body) = server.call("DELETE", "/api/bans/203.0.113.7", None);
    assert_eq!((status, &body["code"]), (404, &json!("ban_not_found")), "but it is no entry of its own");
    let (status, body) = server.call("DELETE", "/api/bans/203.0.113.0%2F24?jail=nginx", None);
    assert_eq!((status, &body["unbanned"]), (200, &json!(1)), "{body}");
}

#[test]
fn what_fail2ban_client_does_is_seen_as_done_outside() {
    let fail2ban = fail2ban();
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    fail2ban.client(&["set", "sshd", "banip", "192.0.2.77"]).expect("a ban");
    eventually("the ban to be seen as manual", || {
        (story(&server, "192.0.2.77") == ["ban manual -"]).then_some(())
    });
    fail2ban.client(&["set", "sshd", "unbanip", "192.0.2.77"]).expect("an unban");
    eventually("the unban", || {
        (story(&server, "192.0.2.77") == ["ban manual -", "unban manual -"]).then_some(())
    });
}

#[test]
fn an_expired_ban_ends_when_it_should() {
    let fail2ban = Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2).bantime(3))
        .start()
        .expect("fail2ban starts");
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    attack(&fail2ban, "sshd", "192.0.2.30");
    eventually("the end of the ban", || {
        (story(&server, "192.0.2.30") == ["ban detected -", "unban expired -"]).then_some(())
    });
    assert!(server.items("/api/bans").is_empty());
}

#[test]
fn what_would_hurt_or_makes_no_sense_is_refused_with_the_reason() {
    let fail2ban = fail2ban();
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    for (ip, jail, status, code) in [
        ("127.0.0.1", "sshd", 409, "ban_own_address"),
        ("127.0.0.2", "sshd", 409, "ban_loopback"),
        ("198.18.4.4", "sshd", 409, "ban_ignored"),
        ("10.0.0.0/8", "sshd", 409, "ban_network_too_wide"),
        ("999.1.1.1", "sshd", 400, "invalid"),
        ("192.0.2.99/24", "sshd", 400, "invalid"),
        ("1.2.3.4; id", "sshd", 400, "invalid"),
        ("192.0.2.1", "nowhere", 404, "jail_not_found"),
        ("192.0.2.1", "--all", 400, "invalid"),
    ] {
        let (found, body) = server.call("POST", "/api/bans", Some(&json!({"ip": ip, "jail": jail})));
        assert_eq!((found, &body["code"]), (status, &json!(code)), "{ip}: {body}");
        assert!(body["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{body}");
    }
    assert_eq!(fail2ban.client(&["get", "sshd", "banip"]).expect("an answer"), "");
    let forced = json!({"ip": "198.18.4.4", "jail": "sshd", "force": true});
    assert_eq!(server.call("POST", "/api/bans", Some(&forced)).0, 201);

    let (status, _) = server.get("/api/jails/nowhere");
    assert_eq!(status, 404);
    let huge = json!({"ip": "192.0.2.1", "jail": "sshd", "reason": "x".repeat(100_000)});
    let (status, body) = server.call("POST", "/api/bans", Some(&huge));
    assert_eq!(status, 413, "{body}");
}
