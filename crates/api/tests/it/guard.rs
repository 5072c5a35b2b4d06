//! What no request may be, on every route and beside them: sent to another name, packed, or of endless length.

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use bangui_api::{ApiSettings, ROUTES};
use serde_json::json;

use crate::world::{HOST, PROXY, World};

/// Every method of every route, with examples in place of parameters; and paths that are no route.
fn everywhere() -> Vec<(String, String)> {
    let routes = ROUTES.iter().flat_map(|route| {
        let path = route.pattern.replace("{jail}", "sshd").replace("{ip:.+}", "203.0.113.7");
        let path = format!("/api{}", path.replace("{id}", "0").replace("{ban}", "1"));
        route.methods.iter().map(move |method| (method.to_uppercase(), path.clone()))
    });
    let others = [
        ("POST", "/api/nothing"),
        ("PUT", "/api/health"),
        ("GET", "/"),
        ("POST", "/jails"),
        ("GET", "/metrics"),
    ];
    routes.chain(others.map(|(method, path)| (method.to_owned(), path.to_owned()))).collect()
}

#[actix_web::test]
async fn a_body_that_is_packed_is_refused_wherever_it_is_sent() {
    for world in [World::empty().await, World::ready().await] {
        for (method, path) in everywhere() {
            for coding in ["br", "gzip", "GZIP", "deflate", "zstd", "identity, br", "x", "\u{ff}"] {
                let request =
                    world.request(&method, &path).insert_header(("content-encoding", coding.as_bytes()));
                let answer = world.open(request.set_payload("not read")).await;
                assert_eq!(answer.status(), 415, "{method} {path} {coding}");
            }
        }
    }
    let world = World::empty().await;
    let refused = world.request("POST", "/api/auth/login").insert_header(("content-encoding", "br"));
    let problem = world.send(refused).await.problem(415, "content_encoding_unsupported");
    assert!(problem["detail"].as_str().unwrap().contains("must not be compressed"), "{problem}");
    let plain = world.request("POST", "/api/auth/login").insert_header(("content-encoding", "identity"));
    world
        .send(plain.set_json(json!({"username": "x", "password": "y"})))
        .await
        .problem(401, "credentials_invalid");
}

#[actix_web::test]
async fn a_body_is_too_long_as_soon_as_it_says_so() {
    let world = World::empty().await;
    for path in ["/api/auth/login", "/api/bans", "/api/health"] {
        let request = world.request("POST", path).insert_header(("content-length", "65537"));
        world.send(request).await.problem(413, "body_too_large");
    }
}

#[actix_web::test]
async fn path_and_query_have_an_end() {
    let world = World::ready().await;
    let long = "x".repeat(9_000);
    for path in [format!("/api/{long}"), format!("/api/events?ip={long}"), format!("/api/jails/{long}")] {
        world.get(&path).await.problem(414, "uri_too_long");
    }
}

#[actix_web::test]
async fn another_name_leads_to_health_alone() {
    let world = World::ready().await;
    for (method, path) in everywhere() {
        let open =
            ["/api/health", "/api/health/live", "/api/health/ready", "/metrics"].contains(&path.as_str());
        for host in ["evil.example", "ban.example.evil.example", "127.0.0.1.evil.example:8686", "\u{ff}"] {
            let request = world.request(&method, &path).insert_header(("host", host.as_bytes()));
            let status = world.open(request).await.status();
            assert_eq!(status == 421, !open, "{method} {path} {host}: {status}");
        }
    }
    let strange = world.request("POST", "/api/auth/login").insert_header(("host", "evil.example"));
    let problem = world.send(strange).await.problem(421, "host_unknown");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("evil.example") && detail.contains("http.hosts"), "{problem}");
    for host in ["127.0.0.1:8686", "[::1]", "localhost:8686", "BAN.example"] {
        let request = world.request("GET", "/api/bans").insert_header(("host", host));
        world.send(request).await.ok(200);
    }
}

/// A page that has made its name lead here can write `X-Forwarded-Host` itself, and a proxy passes it on.
#[actix_web::test]
async fn every_name_in_a_request_has_to_be_known() {
    let world = World::ready().await;
    let ask = |host: &'static str, forwarded: &[&'static str], peer: &str| {
        let mut request = world.request("GET", "/api/bans").insert_header(("host", host));
        for name in forwarded {
            request = request.append_header(("x-forwarded-host", *name));
        }
        world.send(request.peer_addr(peer.parse().unwrap()))
    };
    ask("evil.example", &[HOST], PROXY).await.problem(421, "host_unknown");
    ask(HOST, &["evil.example"], PROXY).await.problem(421, "host_unknown");
    ask(HOST, &["ban.example, evil.example"], PROXY).await.problem(421, "host_unknown");
    ask(HOST, &[HOST, "evil.example"], PROXY).await.problem(421, "host_unknown");
    ask("127.0.0.1:8686", &[HOST], PROXY).await.ok(200);
    // What a stranger writes there counts for nothing.
    ask(HOST, &["evil.example"], "198.51.100.77:1").await.ok(200);
    let two = world.request("GET", "/api/bans").append_header(("host", "evil.example"));
    world.send(two).await.problem(421, "host_unknown");
}

async fn stream(world: &World) -> ServiceResponse<BoxBody> {
    world.open(world.request("GET", "/api/events/stream")).await
}

#[actix_web::test]
async fn one_session_does_not_take_every_stream() {
    let mut world = World::with(ApiSettings::default()).await;
    world.log_in().await;
    let mut open = Vec::new();
    for _ in 0..8 {
        let answer = stream(&world).await;
        assert_eq!(answer.status(), 200);
        open.push(answer);
    }
    let problem = world.get("/api/events/stream").await.problem(429, "session_streams_exhausted");
    assert!(problem["detail"].as_str().unwrap().contains("8 live streams"), "{problem}");
    let first = world.cookie.clone();
    world.log_in().await;
    assert_eq!(stream(&world).await.status(), 200, "another session has its own");
    world.cookie = first;
    open.pop();
    assert_eq!(stream(&world).await.status(), 200, "a place is given back");
}
