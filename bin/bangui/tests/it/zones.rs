//! A real fail2ban in another time zone than BanGUI: each ban is one, at the moment at which it began, and a problem says why.

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use serde_json::{Value, json};

use crate::lab::{attack, ip};
use crate::server::{Server, Setup, eventually};

/// A fail2ban whose clock on the wall is this zone's.
fn in_zone(zone: &str, database: bool) -> Fail2ban {
    Fail2ban::builder()
        .env("TZ", zone)
        .database(database)
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2).bantime(600))
        .jail(JailSpec::new("nginx", Filter::Nginx).maxretry(2).bantime(600))
        .start()
        .expect("fail2ban starts")
}

#[expect(clippy::disallowed_methods, reason = "compares with what other processes stamp with the real time")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// The events of an address: kind, and how many seconds ago it was.
fn events(server: &Server, address: &str) -> Vec<(String, i64)> {
    let events = server.items(&format!("/api/events?ip={address}"));
    let age = |event: &Value| {
        let at: jiff::Timestamp = event["occurred_at"].as_str().expect("a time").parse().expect("a time");
        now().duration_since(at).as_secs()
    };
    events.iter().map(|event| (event["kind"].as_str().unwrap_or_default().to_owned(), age(event))).collect()
}

fn problem(server: &Server) -> Option<Value> {
    let (_, system) = server.get("/api/system");
    let problems = system["fail2ban"]["problems"].as_array()?.clone();
    problems.into_iter().find(|problem| problem["code"] == "zone_differs")
}

/// Bans by the log and by a user, and lifts one: each is there once, of just now.
fn each_ban_is_one(server: &Server, fail2ban: &Fail2ban) {
    for address in ["192.0.2.10", "192.0.2.11", "2001:db8::10"] {
        attack(fail2ban, "sshd", address);
        eventually("the ban", || server.items(&format!("/api/bans?ip={address}")).into_iter().next());
    }
    let order = json!({"ip": "203.0.113.7", "jail": "nginx"});
    let (status, body) = server.call("POST", "/api/bans", Some(&order));
    assert_eq!((status, &body["ban"]["by"]), (201, &json!("admin")), "{body}");
    let (status, body) = server.call("DELETE", "/api/bans/192.0.2.11", None);
    assert_eq!(status, 200, "{body}");
    assert!(!fail2ban.is_banned("sshd", ip("192.0.2.11")).expect("an answer"));
}

fn none_is_there_twice(server: &Server) {
    for (address, kinds) in [
        ("192.0.2.10", vec!["ban"]),
        ("192.0.2.11", vec!["unban", "ban"]),
        ("2001:db8::10", vec!["ban"]),
        ("203.0.113.7", vec!["ban"]),
    ] {
        let events = events(server, address);
        let told: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(told, kinds, "{address}");
        assert!(events.iter().all(|(_, age)| (-5..300).contains(age)), "{address}: {events:?}");
    }
}

#[test]
fn with_its_database_each_ban_is_one_and_a_problem_names_the_setting() {
    let fail2ban = in_zone("Europe/Berlin", true);
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    each_ban_is_one(&server, &fail2ban);
    for address in ["192.0.2.10", "2001:db8::10", "203.0.113.7"] {
        eventually("the failures from fail2ban's database", || {
            let event = server.items(&format!("/api/events?ip={address}")).into_iter().next()?;
            event["failures"].is_u64().then_some(())
        });
    }
    let problem = eventually("the problem", || problem(&server));
    assert!(problem["hint"].as_str().expect("a text").contains("fail2ban.timezone"), "{problem}");
    assert!(problem["detail"].as_str().expect("a text").contains("too late"), "{problem}");
    none_is_there_twice(&server);
    let told = server.log().matches("another time zone").count();
    assert_eq!(told, 1, "said once: {}", server.log());
}

#[test]
fn without_its_database_a_ban_in_the_future_is_moved_to_when_it_was_made() {
    let fail2ban = in_zone("Europe/Berlin", false);
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    each_ban_is_one(&server, &fail2ban);
    eventually("the problem", || problem(&server));
    none_is_there_twice(&server);
}

#[test]
fn west_of_bangui_as_well_and_the_right_setting_ends_the_problem() {
    let fail2ban = in_zone("America/St_Johns", true);
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    each_ban_is_one(&server, &fail2ban);
    let found = eventually("the problem", || problem(&server));
    assert!(found["detail"].as_str().expect("a text").contains("too early"), "{found}");
    none_is_there_twice(&server);

    let mut setup = Setup::with_socket(&fail2ban.socket());
    setup.settings.push(("BANGUI_FAIL2BAN__TIMEZONE", "America/St_Johns".to_owned()));
    let server = Server::start_and_login(&setup);
    server.wait_for_health(200);
    attack(&fail2ban, "sshd", "192.0.2.12");
    eventually("the ban", || server.items("/api/bans?ip=192.0.2.12").into_iter().next());
    assert_eq!(events(&server, "192.0.2.10").len(), 1);
    assert_eq!(problem(&server), None);
}
