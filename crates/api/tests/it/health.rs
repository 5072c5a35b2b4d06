//! What monitors see, without a session.

use std::sync::atomic::Ordering;

use insta::assert_json_snapshot;

use crate::world::World;

#[actix_web::test]
async fn health_follows_fail2ban_and_never_asks_it() {
    let world = World::empty().await;
    let starting = world.get("/api/health").await.ok(503);
    assert_json_snapshot!(starting, @r#"
    {
      "age_ms": null,
      "checked_at": null,
      "fail2ban": "starting",
      "reason": null,
      "since": null,
      "status": "unavailable"
    }
    "#);

    world.look().await;
    let calls = world.fail2ban.edit().calls;
    let mut online = world.get("/api/health").await.ok(200);
    assert_json_snapshot!(online, @r#"
    {
      "age_ms": 0,
      "checked_at": "2026-11-23T12:00:00.000Z",
      "fail2ban": "online",
      "reason": null,
      "since": "2026-11-23T12:00:00.000Z",
      "status": "ok"
    }
    "#);

    world.fail2ban.edit().offline = true;
    world.fail2ban.pass(30);
    online["age_ms"] = 30_000.into();
    assert_eq!(world.get("/api/health").await.ok(200), online, "as last probed");
    assert_eq!(world.fail2ban.edit().calls, calls, "no request reaches fail2ban");
    world.prober.probe().await.unwrap();
    let offline = world.get("/api/health").await.ok(503);
    assert_json_snapshot!(offline, @r#"
    {
      "age_ms": 0,
      "checked_at": "2026-11-23T12:00:30.000Z",
      "fail2ban": "offline",
      "reason": "socket_missing",
      "since": "2026-11-23T12:00:30.000Z",
      "status": "unavailable"
    }
    "#);
}

#[actix_web::test]
async fn a_server_that_answers_and_is_not_polled_is_not_healthy() {
    let world = World::empty().await;
    world.look().await;
    world.watch.unpolled("observe_bans");
    world.prober.probe().await.unwrap();
    let unpolled = world.get("/api/health").await.ok(503);
    assert_json_snapshot!(unpolled, @r#"
    {
      "age_ms": 0,
      "checked_at": "2026-11-23T12:00:00.000Z",
      "fail2ban": "online",
      "reason": "unpolled",
      "since": "2026-11-23T12:00:00.000Z",
      "status": "unavailable"
    }
    "#);
    world.look().await;
    assert_eq!(world.get("/api/health").await.ok(200)["reason"], serde_json::Value::Null);
}

#[actix_web::test]
async fn a_question_without_an_answer_is_a_health_of_its_own() {
    let world = World::empty().await;
    world.look().await;
    let question = world.watch.ask();
    world.fail2ban.pass(8);
    world.watch.hangs(world.watch.unanswered().unwrap(), 8);
    let hung = world.get("/api/health").await.ok(503);
    assert_json_snapshot!(hung, @r#"
    {
      "age_ms": 0,
      "checked_at": "2026-11-23T12:00:08.000Z",
      "fail2ban": "hung",
      "reason": "timed_out",
      "since": "2026-11-23T12:00:00.000Z",
      "status": "unavailable"
    }
    "#);
    drop(question);
    world.prober.probe().await.unwrap();
    assert_eq!(world.get("/api/health").await.ok(200)["fail2ban"], "online");
}

#[actix_web::test]
async fn the_process_is_alive_whatever_else_is_down() {
    let world = World::empty().await;
    world.system.database_down.store(true, Ordering::SeqCst);
    assert_eq!(world.get("/api/health/live").await.ok(200), serde_json::json!({"status": "ok"}));
}

#[actix_web::test]
async fn ready_needs_the_database_and_the_scheduler_lock() {
    let world = World::empty().await;
    let ready = world.get("/api/health/ready").await.ok(200);
    assert_json_snapshot!(ready, @r#"
    {
      "database": "ok",
      "ending": false,
      "scheduler": "leader",
      "status": "ok",
      "workers": 2
    }
    "#);
    world.system.lock_lost.store(true, Ordering::SeqCst);
    assert_eq!(world.get("/api/health/ready").await.ok(503)["scheduler"], "lost");
    world.system.lock_lost.store(false, Ordering::SeqCst);
    world.system.ending.store(true, Ordering::SeqCst);
    let ending = world.get("/api/health/ready").await.ok(503);
    assert_eq!((&ending["ending"], &ending["database"]), (&true.into(), &"ok".into()));
    world.get("/api/health/live").await.ok(200);
    world.system.ending.store(false, Ordering::SeqCst);
    world.system.database_down.store(true, Ordering::SeqCst);
    let down = world.get("/api/health/ready").await.ok(503);
    assert_eq!((&down["status"], &down["database"]), (&"unavailable".into(), &"unavailable".into()));
}
