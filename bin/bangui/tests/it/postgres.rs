//! The same server on PostgreSQL, and a second one beside it.

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use rustix::process::Signal;
use serde_json::json;

use crate::lab::{attack, fail2ban, story};
use crate::server::{Server, Setup, eventually};

#[test]
fn replicas_share_users_and_history_and_one_of_them_schedules() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = fail2ban();
    let mut setup = Setup::with_socket(&fail2ban.socket());
    setup.settings.push(("BANGUI_DATABASE__URL", place.url().to_owned()));
    setup.settings.push(("BANGUI_WORKERS", "2".to_owned()));
    let mut first = Server::start_and_login(&setup);
    first.wait_for_health(200);
    assert_eq!(first.get("/api/system").1["database"], "postgres");

    let second = Server::start_and_login(&setup);
    second.wait_for_health(200);
    let role = |server: &Server| server.get("/api/health/ready").1["scheduler"].clone();
    assert_eq!((role(&first), role(&second)), (json!("leader"), json!("standby")));

    attack(&fail2ban, "sshd", "192.0.2.60");
    eventually("the ban, written by the first and read by the second", || {
        (story(&second, "192.0.2.60") == ["ban detected -"]).then_some(())
    });
    let order = json!({"ip": "203.0.113.60", "jail": "nginx"});
    let (status, body) = second.call("POST", "/api/bans", Some(&order));
    assert_eq!((status, &body["ban"]["by"]), (201, &json!("admin")), "{body}");
    eventually("one event, whoever saw it first", || {
        (story(&first, "203.0.113.60") == ["ban manual admin"]).then_some(())
    });

    first.signal(Signal::TERM);
    assert_eq!(first.wait(), 0);
    eventually("the second to take over", || (role(&second) == "leader").then_some(()));
    attack(&fail2ban, "nginx", "2001:db8::60");
    eventually("a ban after the change", || {
        (story(&second, "2001:db8::60") == ["ban detected -"]).then_some(())
    });
    assert_eq!(story(&second, "192.0.2.60"), ["ban detected -"]);
}
