//! The door: which routes need a session, and which requests come from elsewhere.

use bangui_api::{ROUTES, openapi};
use serde_json::{Value, json};

use crate::world::{PROXY, World};

/// Every operation of the OpenAPI document: method, path with examples filled in, whether it is public.
fn operations() -> Vec<(String, String, bool)> {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let public = operation["security"] == json!([{}]);
            let path = path
                .replace("{jail}", "sshd")
                .replace("{ip}", "203.0.113.7")
                .replace("{id}", "0")
                .replace("{ban}", "1");
            found.push((method.to_uppercase(), path, public));
        }
    }
    found
}

#[actix_web::test]
async fn every_operation_but_the_public_ones_needs_a_session() {
    let world = World::empty().await;
    let mut public = Vec::new();
    let mut closed = 0;
    for (method, path, is_public) in operations() {
        let answer = world.send(world.request(&method, &path)).await;
        if is_public {
            let code = answer.json["code"].as_str().unwrap_or_default().to_owned();
            assert_ne!(code, "session_required", "{method} {path}");
            public.push(format!("{method} {path}"));
        } else {
            answer.problem(401, "session_required");
            closed += 1;
        }
    }
    public.sort();
    let expected = [
        "GET /api/health",
        "GET /api/health/live",
        "GET /api/health/ready",
        "GET /api/setup",
        "POST /api/auth/login",
        "POST /api/setup",
    ];
    assert_eq!(public, expected);
    assert_eq!(closed + public.len(), ROUTES.iter().map(|route| route.methods.len()).sum::<usize>());
}

#[actix_web::test]
async fn what_does_not_exist_needs_a_session_too() {
    let world = World::empty().await;
    for path in
        ["/api", "/api/", "/api/nothing", "/api/health/", "/api/health/x", "/api//health", "/api/setup/x"]
    {
        world.get(path).await.problem(401, "session_required");
    }
    world.delete("/api/bans").await.problem(401, "session_required");
}

#[actix_web::test]
async fn every_route_of_the_table_is_mounted_and_documented() {
    let mut world = World::ready().await;
    let documented: Vec<_> = operations().into_iter().map(|(method, path, _)| (method, path)).collect();
    let mut mounted = 0;
    for route in ROUTES {
        let path = route.pattern.replace("{jail}", "sshd").replace("{ip:.+}", "203.0.113.7");
        let path = path.replace("{id}", "0").replace("{ban}", "1");
        let path = format!("/api{path}");
        for method in route.methods {
            let method = method.to_uppercase();
            assert!(documented.contains(&(method.clone(), path.clone())), "{method} {path} has no entry");
            if path != "/api/events/stream" {
                // A logout may have come before.
                world.log_in().await;
                let answer = world.send(world.request(&method, &path)).await;
                let code = answer.json["code"].as_str().unwrap_or_default().to_owned();
                assert!(
                    !["route_not_found", "method_not_allowed"].contains(&code.as_str()),
                    "{method} {path}"
                );
            }
            mounted += 1;
        }
    }
    assert_eq!(mounted, documented.len(), "an entry without a route");
}

async fn attempt(world: &World, headers: &[(&'static str, &'static str)], peer: &str) -> Value {
    let mut request = world.request("POST", "/api/bans").peer_addr(peer.parse().unwrap());
    for header in headers {
        request = request.insert_header(*header);
    }
    let answer = world.send(request.set_json(json!({"ip": "203.0.113.7", "jail": "sshd"}))).await;
    answer.json
}

#[actix_web::test]
async fn pages_of_other_sites_change_nothing() {
    let world = World::ready().await;
    let refused: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", "http://ban.example")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "https://ban.example")],
    ];
    for headers in refused {
        let answer = attempt(&world, headers, "198.51.100.77:1").await;
        assert_eq!(answer["code"], "foreign_origin", "{headers:?}");
    }
    assert!(world.fail2ban.edit().jails["sshd"].bans.is_empty());
    let login = world.request("POST", "/api/auth/login").insert_header(("origin", "https://evil.example"));
    world.send(login).await.problem(403, "foreign_origin");
    let reading = world.request("GET", "/api/bans").insert_header(("sec-fetch-site", "cross-site"));
    world.send(reading).await.ok(200);

    let passing: [(&[(&str, &str)], &str); 4] = [
        (&[], "198.51.100.77:1"),
        (&[("sec-fetch-site", "same-origin"), ("origin", "http://ban.example")], "198.51.100.77:1"),
        (&[("sec-fetch-site", "none")], "198.51.100.77:1"),
        (
            &[
                ("host", "127.0.0.1"),
                ("x-forwarded-host", "ban.example"),
                ("x-forwarded-proto", "https"),
                ("origin", "https://ban.example"),
            ],
            PROXY,
        ),
    ];
    for (headers, peer) in passing {
        assert_eq!(attempt(&world, headers, peer).await["ip"], "203.0.113.7", "{headers:?}");
    }
}

#[actix_web::test]
async fn a_database_that_is_down_is_not_a_missing_session() {
    let world = World::ready().await;
    world.db.execute("ALTER TABLE sessions RENAME TO gone");
    world.get("/api/bans").await.problem(500, "database_failed");
}
