//! A user's own sessions: listed, ended one by one or all others; and the password replaced.

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

const ANOTHER: &str = "a different password";

/// Logs `user` in from `peer`, and gives the cookie.
async fn log_in(world: &World, user: &str, peer: &str) -> String {
    let request = TestRequest::post()
        .uri("/api/auth/login")
        .peer_addr(format!("{peer}:4711").parse().unwrap())
        .insert_header(("user-agent", format!("browser at {peer}")))
        .set_json(json!({"username": user, "password": PASSWORD}));
    let answer = world.send(request).await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    answer.ok(200);
    cookie
}

/// The admin logged in here, and from 192.0.2.2; eve from 192.0.2.3.
async fn three(world: &mut World) -> [String; 3] {
    world.accounts.ensure_admin(PASSWORD).await.unwrap();
    world.accounts.create_user("eve", PASSWORD).await.unwrap();
    let here = log_in(world, "admin", "192.0.2.1").await;
    world.fail2ban.pass(1);
    let there = log_in(world, "admin", "192.0.2.2").await;
    let eve = log_in(world, "eve", "192.0.2.3").await;
    world.cookie = Some(here.clone());
    [here, there, eve]
}

async fn items(world: &World) -> Vec<Value> {
    let list = world.get("/api/sessions").await.ok(200);
    assert_eq!(list["next"], Value::Null);
    list["items"].as_array().unwrap().clone()
}

async fn stands(world: &mut World, cookie: &str) -> bool {
    let before = world.cookie.replace(cookie.to_owned());
    let status = world.get("/api/auth/me").await.status;
    world.cookie = before;
    status == 200
}

#[actix_web::test]
async fn users_see_their_own_sessions() {
    for mut world in World::with_and_without_cache().await {
        let [_, _, eve] = three(&mut world).await;
        let mut listed = items(&world).await;
        for item in &mut listed {
            assert_eq!(item["id"].take().as_str().unwrap().len(), 16);
        }
        let entry = |second: u32, host: u32, current: bool| {
            json!({
                "id": null, "created_at": format!("2026-11-23T12:00:0{second}.000Z"),
                "last_used_at": format!("2026-11-23T12:00:0{second}.000Z"),
                "expires_at": format!("2026-12-23T12:00:0{second}.000Z"),
                "address": format!("192.0.2.{host}"), "user_agent": format!("browser at 192.0.2.{host}"),
                "current": current
            })
        };
        assert_eq!(listed, [entry(1, 2, false), entry(0, 1, true)]);

        world.fail2ban.pass(60);
        assert_eq!(
            items(&world).await[0]["last_used_at"],
            "2026-11-23T12:01:01.000Z",
            "this one comes first now"
        );
        world.cookie = Some(eve);
        assert_eq!(items(&world).await.len(), 1);
        world.fail2ban.pass(7 * 24 * 3600);
        world.get("/api/sessions").await.problem(401, "session_required");
    }
}

#[actix_web::test]
async fn a_session_is_ended_by_its_owner_alone() {
    for mut world in World::with_and_without_cache().await {
        let [here, there, eve] = three(&mut world).await;
        assert!(stands(&mut world, &there).await);
        let all = items(&world).await;
        let id = |current: bool| {
            let found = all.iter().find(|item| item["current"] == current).unwrap();
            format!("/api/sessions/{}", found["id"].as_str().unwrap())
        };
        world.cookie = Some(eve.clone());
        world.delete(&id(false)).await.problem(404, "session_not_found");
        world.cookie = Some(here.clone());
        for wrong in ["0", "%20", "0123456789abcdef", "..%2f"] {
            world.delete(&format!("/api/sessions/{wrong}")).await.problem(404, "session_not_found");
        }
        assert!(stands(&mut world, &there).await && stands(&mut world, &eve).await);

        let answer = world.delete(&id(false)).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (204, ""));
        assert!(!stands(&mut world, &there).await);
        world.delete(&id(false)).await.problem(404, "session_not_found");
        assert_eq!(world.db.count("audit WHERE action = 'session_ended' AND user_name = 'admin'"), 1);

        let own = world.delete(&id(true)).await;
        assert_eq!(own.status, 204);
        assert!(own.header("set-cookie").starts_with("bangui_session=;"), "as a logout");
        assert!(!stands(&mut world, &here).await && stands(&mut world, &eve).await);
    }
}

#[actix_web::test]
async fn all_others_are_ended() {
    for mut world in World::with_and_without_cache().await {
        let [here, there, eve] = three(&mut world).await;
        assert!(stands(&mut world, &there).await);
        assert_eq!(world.delete("/api/sessions").await.ok(200), json!({"ended": 1}));
        assert!(stands(&mut world, &here).await && !stands(&mut world, &there).await);
        assert!(stands(&mut world, &eve).await);
        assert_eq!(world.delete("/api/sessions").await.ok(200), json!({"ended": 0}));
    }
}

#[actix_web::test]
async fn a_password_is_replaced_by_whoever_knows_it() {
    for mut world in World::with_and_without_cache().await {
        let [here, there, eve] = three(&mut world).await;
        assert!(stands(&mut world, &there).await);
        let body = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
        let message =
            world.post("/api/auth/password", body(PASSWORD, "short")).await.bad_field("new_password");
        assert_eq!(message, "a password has 12 to 256 characters, this one has 5");
        world.post("/api/auth/password", body("wrong", ANOTHER)).await.problem(403, "password_wrong");
        world
            .post("/api/auth/password", json!({"new_password": ANOTHER}))
            .await
            .problem(400, "body_malformed");

        let changed = world.post("/api/auth/password", body(PASSWORD, ANOTHER)).await.ok(200);
        assert_eq!(changed, json!({"ended": 1}));
        assert!(stands(&mut world, &here).await && stands(&mut world, &eve).await);
        assert!(!stands(&mut world, &there).await);
        let login = |password: &str| json!({"username": "admin", "password": password});
        world.post("/api/auth/login", login(PASSWORD)).await.problem(401, "credentials_invalid");
        world.post("/api/auth/login", login(ANOTHER)).await.ok(200);
        assert_eq!(world.db.count("audit WHERE action = 'password' AND user_name = 'admin'"), 2);
    }
}

#[actix_web::test]
async fn a_stolen_session_cannot_guess_its_password_without_end() {
    for mut world in World::with_and_without_cache().await {
        three(&mut world).await;
        let body = json!({"current_password": "wrong", "new_password": ANOTHER});
        for _ in 0..5 {
            world.post("/api/auth/password", body.clone()).await.problem(403, "password_wrong");
        }
        // As if it had gone on for long: the wait is no matter of how fast the test runs.
        world.db.execute("UPDATE login_tries SET tries = 100");
        world.post("/api/auth/password", body).await.problem(429, "login_throttled");
        assert_eq!(world.get("/api/auth/me").await.status, 200);
    }
}
