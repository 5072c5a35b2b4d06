//! fail2ban going away and coming back: said at once, mended without a restart, and no event lost.

use std::time::Duration;

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec, lines};

use crate::health::healthcheck;
use crate::lab::{attack, fail2ban, ip, story};
use crate::server::{Server, Setup, eventually};

#[test]
fn fail2ban_stops_and_starts_and_nothing_is_lost() {
    let mut fail2ban = fail2ban();
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    assert_eq!(healthcheck(&server, &[]).0, 0);
    attack(&fail2ban, "sshd", "192.0.2.40");
    eventually("the ban", || server.items("/api/bans").into_iter().next());

    fail2ban.stop().expect("it stops");
    let body = server.wait_for_health(503);
    assert_eq!((&body["status"], &body["fail2ban"]), (&"unavailable".into(), &"offline".into()));
    assert_eq!(healthcheck(&server, &[]).0, 1);
    let (_, system) = server.get("/api/system");
    assert_eq!(system["fail2ban"]["problem"]["code"], "socket_missing", "{system}");
    let order = serde_json::json!({"ip": "192.0.2.41", "jail": "sshd"});
    let (status, body) = server.call("POST", "/api/bans", Some(&order));
    assert_eq!((status, &body["code"]), (503, &"fail2ban_offline".into()));
    assert_eq!(server.items("/api/jails").len(), 2, "the last known jails stay visible");

    fail2ban.start_again().expect("it starts");
    server.wait_for_health(200);
    attack(&fail2ban, "sshd", "192.0.2.42");
    eventually("the next ban", || (server.items("/api/bans").len() == 2).then_some(()));
    assert_eq!(story(&server, "192.0.2.40"), ["ban detected -"], "restored, not banned again");
    assert_eq!(healthcheck(&server, &[]).0, 0);
}

#[test]
fn a_killed_fail2ban_is_refused_and_its_successor_is_found() {
    let mut fail2ban = fail2ban();
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    attack(&fail2ban, "nginx", "2001:db8::40");
    // fail2ban writes its database late: what is not in there does not outlive a kill.
    eventually("the ban to be in fail2ban's database", || {
        let event = server.items("/api/events?ip=2001:db8::40").into_iter().next()?;
        event["failures"].is_u64().then_some(())
    });
    fail2ban.kill();
    server.wait_for_health(503);
    let (_, system) = server.get("/api/system");
    assert_eq!(system["fail2ban"]["problem"]["code"], "refused", "{system}");
    fail2ban.start_again().expect("it starts");
    server.wait_for_health(200);
    eventually("the ban to be known", || {
        (story(&server, "2001:db8::40") == ["ban detected -"]).then_some(())
    });
    assert_eq!(server.items("/api/bans").len(), 1);
}

#[test]
fn bans_that_came_and_went_while_bangui_was_down_are_recovered() {
    let fail2ban = Fail2ban::builder()
        .env("TZ", "UTC")
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2).bantime(2))
        .start()
        .expect("fail2ban starts");
    for _ in 0..3 {
        fail2ban.append("sshd", &lines::sshd(ip("192.0.2.50"))).expect("a line");
    }
    // The ban counts from the failures, and may be over before anybody has seen it in force.
    fail2ban.wait_for_row("192.0.2.50").expect("a ban");
    eventually("the ban to end", || {
        let still = fail2ban.is_banned("sshd", "192.0.2.50".parse().expect("an address")).expect("an answer");
        (!still).then_some(())
    });
    std::thread::sleep(Duration::from_millis(500));
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    eventually("the ban from fail2ban's database", || {
        (story(&server, "192.0.2.50") == ["ban detected -", "unban expired -"]).then_some(())
    });
    assert!(server.items("/api/bans").is_empty());
}
