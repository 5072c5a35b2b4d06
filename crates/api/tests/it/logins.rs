//! The first user, logging in and out, and the cookie.

use actix_web::test::TestRequest;
use bangui_api::{ApiSettings, SecureCookies};
use insta::assert_json_snapshot;
use serde_json::json;

use crate::world::{Answer, CALLER, PASSWORD, PROXY, World};

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").to_owned()
}

/// `Set-Cookie` with the token left out.
fn flags(answer: &Answer) -> String {
    let cookie = cookie(answer);
    let (pair, flags) = cookie.split_once("; ").unwrap();
    assert_eq!(pair.len(), "bangui_session=".len() + 43, "256 bits: {pair}");
    flags.to_owned()
}

fn credentials(world: &World) -> TestRequest {
    world.request("POST", "/api/auth/login").set_json(json!({"username": "admin", "password": PASSWORD}))
}

#[actix_web::test]
async fn the_first_user_is_made_by_the_logged_token() {
    let mut world = World::empty().await;
    assert_eq!(world.get("/api/setup").await.ok(200), json!({"needed": true}));
    let token = world.accounts.offer_setup().await.unwrap().unwrap();
    let body = |token: &str| json!({"token": token, "username": "root", "password": PASSWORD});
    world.post("/api/setup", body(&"A".repeat(43))).await.problem(403, "setup_token_invalid");

    let bad = json!({"token": token, "username": "no spaces", "password": "short"});
    let problem = world.post("/api/setup", bad).await.problem(400, "invalid");
    assert_json_snapshot!(problem["fields"], @r#"
    [
      {
        "field": "username",
        "message": "a user name has 1 to 64 characters out of A-Z a-z 0-9 . _ @ -"
      },
      {
        "field": "password",
        "message": "a password has 12 to 256 characters, this one has 5"
      }
    ]
    "#);

    let made = world.post("/api/setup", body(&token)).await;
    world.cookie = cookie(&made).split(';').next().map(str::to_owned);
    assert_json_snapshot!(made.ok(201), @r#"
    {
      "expires_at": "2026-12-23T12:00:00.000Z",
      "user": {
        "id": 1,
        "name": "root"
      }
    }
    "#);
    assert_json_snapshot!(world.get("/api/auth/me").await.ok(200), @r#"
    {
      "created_at": "2026-11-23T12:00:00.000Z",
      "expires_at": "2026-12-23T12:00:00.000Z",
      "user": {
        "id": 1,
        "name": "root"
      }
    }
    "#);
    assert_eq!(world.get("/api/setup").await.ok(200), json!({"needed": false}));
    world.post("/api/setup", body(&token)).await.problem(409, "setup_done");
}

#[actix_web::test]
async fn a_login_sets_a_cookie_and_a_logout_takes_it_back() {
    for mut world in World::with_and_without_cache().await {
        world.accounts.ensure_admin(PASSWORD).await.unwrap();
        world.get("/api/auth/me").await.problem(401, "session_required");
        let login = world.send(credentials(&world)).await;
        assert_eq!(flags(&login), "HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000");
        world.cookie = cookie(&login).split(';').next().map(str::to_owned);
        assert_eq!(login.ok(200)["user"]["name"], "admin");
        world.get("/api/auth/me").await.ok(200);

        let logout = world.post("/api/auth/logout", json!(null)).await;
        let taken = cookie(&logout);
        assert!(taken.starts_with("bangui_session=;") && taken.contains("Max-Age=0"), "{taken}");
        assert!(taken.contains("Path=/") && taken.contains("HttpOnly"), "{taken}");
        assert_eq!(logout.status, 204);
        world.get("/api/auth/me").await.problem(401, "session_required");
    }
}

#[actix_web::test]
async fn the_cookie_is_secure_behind_tls_or_as_set() {
    let secure = async |setting, peer: &str, proto: &'static str| {
        let world = World::with(ApiSettings { secure_cookies: setting, ..ApiSettings::default() }).await;
        world.accounts.ensure_admin(PASSWORD).await.unwrap();
        let request = credentials(&world).peer_addr(peer.parse().unwrap());
        let answer = world.send(request.insert_header(("x-forwarded-proto", proto))).await;
        flags(&answer).split("; ").any(|flag| flag == "Secure")
    };
    assert!(secure(SecureCookies::Auto, PROXY, "https").await);
    assert!(!secure(SecureCookies::Auto, PROXY, "http").await);
    assert!(!secure(SecureCookies::Auto, "192.0.2.9:1", "https").await, "not a trusted proxy");
    assert!(secure(SecureCookies::Always, "192.0.2.9:1", "http").await);
    assert!(!secure(SecureCookies::Never, PROXY, "https").await);
}

#[actix_web::test]
async fn guessing_is_throttled_by_the_address_behind_the_proxy() {
    for world in World::with_and_without_cache().await {
        world.accounts.ensure_admin(PASSWORD).await.unwrap();
        let guess = |user: &str, from: &'static str| {
            world
                .request("POST", "/api/auth/login")
                .peer_addr(PROXY.parse().unwrap())
                .insert_header(("x-forwarded-for", from))
                .set_json(json!({"username": user, "password": "wrong"}))
        };
        for user in ["a", "b", "c", "d", "e"] {
            let answer = world.send(guess(user, "203.0.113.66, 192.0.2.1")).await;
            let problem = answer.problem(401, "credentials_invalid");
            assert_eq!(problem["detail"], "the user name or the password is wrong");
        }
        // As if it had gone on for long: the wait is no matter of how fast the test runs.
        world.db.execute("UPDATE login_tries SET tries = tries + 10");
        let answer = world.send(guess("f", "192.0.2.1, 10.9.9.9")).await;
        assert!((1..=300).contains(&answer.header("retry-after").parse::<u32>().unwrap()));
        answer.problem(429, "login_throttled");
        world.send(guess("f", "192.0.2.2")).await.problem(401, "credentials_invalid");
        world.db.execute("UPDATE login_tries SET last_at = last_at - 300000");
        world.send(guess("f", "192.0.2.1")).await.problem(401, "credentials_invalid");
    }
}

#[actix_web::test]
async fn a_header_of_a_stranger_does_not_change_the_address_that_counts() {
    for world in World::with_and_without_cache().await {
        let guess = |from: String| {
            let body = json!({"username": from, "password": "wrong"});
            world.request("POST", "/api/auth/login").insert_header(("x-forwarded-for", from)).set_json(body)
        };
        for host in 1..=5 {
            world.send(guess(format!("192.0.2.{host}"))).await.problem(401, "credentials_invalid");
        }
        let caller = CALLER.split(':').next().unwrap();
        let own = format!("login_tries WHERE kind = 'address' AND subject = '{caller}' AND tries = 5");
        assert_eq!((world.db.count(&own), world.db.count("login_tries WHERE kind = 'address'")), (1, 1));
    }
}

#[actix_web::test]
async fn strangers_cannot_keep_an_administrator_out() {
    for world in World::with_and_without_cache().await {
        world.accounts.ensure_admin(PASSWORD).await.unwrap();
        let from = |peer: &str, password: &str| {
            let body = json!({"username": "admin", "password": password});
            world.request("POST", "/api/auth/login").peer_addr(peer.parse().unwrap()).set_json(body)
        };
        world.send(credentials(&world)).await.ok(200);
        for host in 1..=5 {
            let guess = from(&format!("192.0.2.{host}:1"), "wrong");
            world.send(guess).await.problem(401, "credentials_invalid");
        }
        world.db.execute("UPDATE login_tries SET tries = 100 WHERE kind = 'account'");
        world.send(from("192.0.2.99:1", PASSWORD)).await.problem(429, "login_throttled");
        world.send(from(CALLER, "mistyped")).await.problem(401, "credentials_invalid");
        world.send(from(CALLER, PASSWORD)).await.ok(200);
        world.send(from("192.0.2.99:1", PASSWORD)).await.problem(429, "login_throttled");
    }
}

#[actix_web::test]
async fn a_session_that_has_ended_or_never_was_is_refused() {
    for mut world in World::with_and_without_cache().await {
        world.log_in().await;
        world.get("/api/auth/me").await.ok(200);
        world.fail2ban.pass(31 * 24 * 3600);
        world.get("/api/auth/me").await.problem(401, "session_required");
        for cookie in ["bangui_session=", "bangui_session=x", "bangui_session=%FF", "other=1", "="] {
            world.cookie = Some(cookie.to_owned());
            world.get("/api/auth/me").await.problem(401, "session_required");
        }
    }
}
