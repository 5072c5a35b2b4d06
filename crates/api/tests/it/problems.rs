//! Failures of HTTP itself, and what every answer has in common.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::world::{CALLER, PROXY, World};

#[actix_web::test]
async fn unknown_routes_and_methods_say_what_there_is() {
    let world = World::ready().await;
    for path in ["/api/nothing", "/api", "/api/jails/a/b", "/api/jails/"] {
        let problem = world.get(path).await.problem(404, "route_not_found");
        assert!(problem["detail"].as_str().unwrap().contains(path), "{problem}");
    }
    let answer = world.send(world.request("PATCH", "/api/bans")).await;
    assert_eq!(answer.header("allow"), "GET, POST");
    answer.problem(405, "method_not_allowed");
    let answer = world.send(world.request("POST", "/api/health")).await;
    assert_eq!(answer.header("allow"), "GET");
    answer.problem(405, "method_not_allowed");
}

#[actix_web::test]
async fn bodies_that_cannot_be_read_say_where() {
    let world = World::ready().await;
    let send = async |content_type: &'static str, body: String| {
        let request = world.request("POST", "/api/bans").insert_header(("content-type", content_type));
        world.send(request.set_payload(body)).await
    };
    let problem = send("application/json", "{\"ip\": ,}".to_owned()).await.problem(400, "body_malformed");
    assert!(problem["detail"].as_str().unwrap().ends_with("at line 1 column 8"), "{problem}");
    let unknown = json!({"ip": "203.0.113.7", "jail": "sshd", "reson": "typo"}).to_string();
    let problem = send("application/json", unknown).await.problem(400, "body_malformed");
    assert!(problem["detail"].as_str().unwrap().contains("unknown field `reson`"), "{problem}");
    let problem =
        send("application/json", "{\"jail\": \"sshd\"}".to_owned()).await.problem(400, "body_malformed");
    assert!(problem["detail"].as_str().unwrap().contains("missing field `ip`"), "{problem}");
    send("application/json", String::new()).await.problem(400, "body_malformed");
    send("application/json", "[1, 2".repeat(5_000)).await.problem(400, "body_malformed");

    let form = "ip=203.0.113.7&jail=sshd".to_owned();
    send("application/x-www-form-urlencoded", form).await.problem(415, "content_type_unsupported");
    send("text/plain", "{}".to_owned()).await.problem(415, "content_type_unsupported");
}

#[actix_web::test]
async fn a_hundred_kilobytes_are_too_much() {
    let world = World::ready().await;
    let long = json!({"ip": "203.0.113.7", "jail": "sshd", "reason": "x".repeat(100_000)});
    let problem = world.post("/api/bans", long.clone()).await.problem(413, "body_too_large");
    assert_eq!(problem["detail"], "the body is longer than 65536 bytes");
    // It says so itself: nothing of it is read, whoever sends it.
    let stranger = World::empty().await;
    stranger.post("/api/bans", long.clone()).await.problem(413, "body_too_large");
    stranger.post("/api/auth/login", long).await.problem(413, "body_too_large");
}

#[actix_web::test]
async fn unknown_and_doubled_parameters_are_refused() {
    let world = World::ready().await;
    let problem = world.get("/api/bans?page=2").await.problem(400, "query_malformed");
    assert!(problem["detail"].as_str().unwrap().contains("unknown field `page`"), "{problem}");
    world.get("/api/bans?jail=a&jail=b").await.problem(400, "query_malformed");
    world.get("/api/events?offset=2").await.problem(400, "query_malformed");
    world.delete("/api/bans/203.0.113.7?jails=sshd").await.problem(400, "query_malformed");
}

#[actix_web::test]
async fn every_answer_has_an_id_and_the_headers_of_an_api() {
    let world = World::ready().await;
    for answer in [world.get("/api/jails").await, world.get("/api/nothing").await] {
        assert_eq!(answer.header("x-request-id").len(), 16);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    }
    let sent_by = async |peer: &str, id: &'static str| {
        let request = world.request("GET", "/api/nothing").peer_addr(peer.parse().unwrap());
        let answer = world.send(request.insert_header(("x-request-id", id))).await;
        let header = answer.header("x-request-id").to_owned();
        answer.problem(404, "route_not_found");
        header
    };
    assert_eq!(sent_by(PROXY, "a1.b2_c3-d4").await, "a1.b2_c3-d4");
    assert_ne!(sent_by(CALLER, "a1.b2_c3-d4").await, "a1.b2_c3-d4", "it is no proxy");
    for strange in ["", "two words", "<script>", "new\tline"] {
        assert_ne!(sent_by(PROXY, strange).await, strange);
    }
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn a_failure_inside_is_logged_once_with_its_source_and_told_to_nobody() {
    let world = World::ready().await;
    world.get("/api/auth/me").await.ok(200);
    world.db.execute("DROP TABLE jails");
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let problem = world.get("/api/events").await.problem(500, "database_failed");
    drop(guard);

    let detail = problem["detail"].as_str().unwrap();
    assert_eq!(detail, "something inside BanGUI failed: its log has the reason under this request id");
    assert!(!problem.to_string().contains("no such table"), "{problem}");
    let logged = log.text();
    let ours: Vec<&str> = logged.lines().filter(|line| line.contains("request failed")).collect();
    assert_eq!(ours.len(), 1, "{logged}");
    assert!(ours[0].contains("no such table: jails"), "{logged}");
    assert!(ours[0].contains(problem["request_id"].as_str().unwrap()), "{logged}");
    assert!(ours[0].contains("ERROR"), "{logged}");
}
