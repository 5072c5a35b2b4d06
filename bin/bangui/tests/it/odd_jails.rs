//! One jail that cannot be understood, on a real fail2ban: every other jail goes on, and the odd one is named everywhere.

use bangui_test_support::fail2ban::{Fail2ban, Filter, JailSpec};
use serde_json::{Value, json};

use crate::doctor::Visit;
use crate::lab::attack;
use crate::server::{Server, Setup, eventually};

/// More seconds than 64 bits can count.
const BEYOND: &str = "99999999999999999999";

#[test]
fn a_bantime_beyond_any_calendar_blinds_no_jail() {
    let fail2ban = Fail2ban::builder()
        .jail(JailSpec::new("odd", Filter::Sshd).maxretry(2))
        .jail(JailSpec::new("sshd", Filter::Sshd).maxretry(2))
        .start()
        .expect("fail2ban starts");
    fail2ban.client(&["set", "odd", "bantime", BEYOND]).expect("fail2ban takes any number");
    let server = Server::start_and_login(&Setup::with_socket(&fail2ban.socket()));
    server.wait_for_health(200);
    for (jail, address) in
        [("odd", "192.0.2.10"), ("sshd", "192.0.2.11"), ("odd", "192.0.2.12"), ("sshd", "192.0.2.13")]
    {
        attack(&fail2ban, jail, address);
        let path = format!("/api/bans?ip={address}");
        let ban = eventually(&path, || server.items(&path).into_iter().next());
        assert_eq!(ban["jail"], jail);
        let bantime = if jail == "odd" { -1 } else { 600 };
        assert_eq!((&ban["bantime"], ban["expires_at"].is_null()), (&json!(bantime), jail == "odd"), "{ban}");
    }
    let named = |problem: &Value| {
        problem["jail"] == "odd" && problem["detail"].as_str().is_some_and(|it| it.contains(BEYOND))
    };
    let system = eventually("the problem in the API", || {
        let (_, system) = server.get("/api/system");
        let problems = system["fail2ban"]["problems"].as_array()?.clone();
        problems.iter().any(|it| it["code"] == "bantime_beyond").then_some(problems)
    });
    assert!(system.iter().all(named), "{system:?}");
    let (status, detail) = server.get("/api/jails/odd");
    assert_eq!((status, &detail["settings"]["bantime"]), (200, &json!(-1)), "{detail}");
    assert!(named(&detail["problem"]), "{detail}");
    assert_eq!(server.get("/api/jails/sshd").1["problem"], Value::Null);
    assert_eq!(server.get("/api/health").0, 200);

    let (_, report) = Visit::to_server(&server, &fail2ban.socket()).run(&[]);
    let line = report.lines().find(|line| line.contains("the jail odd") && line.contains(BEYOND));
    assert!(line.is_some(), "{report}");
}
