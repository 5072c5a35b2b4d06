//! Jails, and the process as a whole.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::world::World;

#[actix_web::test]
async fn jails_come_as_last_counted_even_while_fail2ban_is_away() {
    let mut world = World::empty().await;
    world.log_in().await;
    world.get("/api/jails").await.problem(503, "fail2ban_starting");
    world.fail2ban.edit().offline = true;
    world.prober.probe().await.unwrap();
    world.get("/api/jails").await.problem(503, "fail2ban_offline");

    world.fail2ban.edit().offline = false;
    world.look().await;
    let calls = world.fail2ban.edit().calls;
    let list = world.get("/api/jails").await.ok(200);
    assert_json_snapshot!(list, @r#"
    {
      "items": [
        {
          "currently_banned": 0,
          "currently_failed": 1,
          "name": "nginx",
          "total_banned": 0,
          "total_failed": 7
        },
        {
          "currently_banned": 0,
          "currently_failed": 1,
          "name": "sshd",
          "total_banned": 0,
          "total_failed": 7
        }
      ],
      "next": null,
      "observed_at": "2026-11-23T12:00:00.000Z",
      "online": true
    }
    "#);
    assert_eq!(world.fail2ban.edit().calls, calls, "no request reaches fail2ban");

    world.fail2ban.edit().offline = true;
    world.prober.probe().await.unwrap();
    let stale = world.get("/api/jails").await.ok(200);
    assert_eq!((&stale["online"], &stale["items"]), (&json!(false), &list["items"]));
}

#[actix_web::test]
async fn a_jail_is_told_with_all_of_its_settings() {
    let world = World::ready().await;
    assert_json_snapshot!(world.get("/api/jails/sshd").await.ok(200));
    let problem = world.get("/api/jails/nowhere").await.problem(404, "jail_not_found");
    assert_eq!(problem["detail"], "fail2ban has no jail nowhere");
    world.get("/api/jails/a%2Fb%20c").await.problem(404, "jail_not_found");
    world.get("/api/jails/-x").await.bad_field("jail");
    world.get(&format!("/api/jails/{}", "x".repeat(201))).await.bad_field("jail");
    world.fail2ban.edit().offline = true;
    world.get("/api/jails/sshd").await.problem(503, "fail2ban_offline");
}

#[actix_web::test]
async fn the_system_page_has_process_fail2ban_and_scheduler() {
    let world = World::ready().await;
    let online = world.get("/api/system").await.ok(200);
    assert_json_snapshot!(online, @r#"
    {
      "database": "sqlite",
      "fail2ban": {
        "checked_at": "2026-11-23T12:00:00.000Z",
        "jails": 2,
        "latency_ms": 1.25,
        "problem": null,
        "since": "2026-11-23T12:00:00.000Z",
        "state": "online",
        "version": "1.0.2"
      },
      "scheduler": {
        "holder": {
          "host": "guard",
          "pid": 4711,
          "version": "0.1.0"
        },
        "role": "leader",
        "since": "2026-11-23T12:00:00.000Z",
        "token": 3
      },
      "started_at": "2026-11-23T12:00:00.000Z",
      "version": "0.1.0",
      "workers": 2
    }
    "#);
    world.fail2ban.edit().offline = true;
    world.fail2ban.pass(61);
    world.prober.probe().await.unwrap();
    let offline = world.get("/api/system").await.ok(200);
    assert_eq!(offline["fail2ban"]["version"], Value::Null);
    assert_json_snapshot!(offline["fail2ban"], @r#"
    {
      "checked_at": "2026-11-23T12:01:01.000Z",
      "jails": null,
      "latency_ms": null,
      "problem": {
        "code": "socket_missing",
        "detail": "there is no socket /run/fail2ban/fail2ban.sock",
        "hint": "Check that fail2ban runs (systemctl status fail2ban) and that fail2ban.socket names its socket. In a container, mount the socket's directory, not the file."
      },
      "since": "2026-11-23T12:01:01.000Z",
      "state": "offline",
      "version": null
    }
    "#);
}
