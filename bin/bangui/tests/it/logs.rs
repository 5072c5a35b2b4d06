//! What is in the log, and what never is.

mod filter;

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use serde_json::{Value, json};

use crate::server::{PASSWORD, PATIENCE, Server, Setup, bangui};
use crate::tls::{curl, fetch};

/// All that the crates of this workspace have to say.
const ALL: &str = "info,actix_http=off,bangui=trace,bangui_api=trace,bangui_domain=trace,bangui_gateway=trace,bangui_jobs=trace,\
                   bangui_persistence=trace,bangui_session_cache=trace,bangui_web_ui=trace,fail2ban_client=trace";

fn setup(settings: &[(&'static str, &str)]) -> Setup {
    let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
    setup.settings.extend(settings.iter().map(|&(key, value)| (key, value.to_owned())));
    setup
}

/// Status of a request, and the id that its answer has; `id` is sent along.
fn call_for_id(
    server: &Server,
    method: &str,
    path: &str,
    body: Option<&Value>,
    id: Option<&str>,
) -> (u16, String) {
    let answer = server.send(method, path, body, id).expect("an answer");
    let header = answer.headers().get("x-request-id").and_then(|id| id.to_str().ok());
    (answer.status().as_u16(), header.unwrap_or_default().to_owned())
}

/// What comes back for bytes that no client of HTTP would send.
fn raw(server: &Server, request: &str) -> String {
    let mut stream = std::net::TcpStream::connect(server.address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    stream.write_all(request.as_bytes()).expect("it is taken");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

/// The objects of a log of JSON; every line has to be one.
fn objects(server: &Server) -> Vec<Value> {
    let whole = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    server.log().lines().map(whole).collect()
}

/// The lines that a request has left, in a log of JSON.
fn of_request(server: &Server, id: &str) -> Vec<Value> {
    let has_id = |line: &Value| {
        line["spans"].as_array().is_some_and(|spans| spans.iter().any(|span| span["request_id"] == id))
    };
    objects(server).into_iter().filter(has_id).collect()
}

#[test]
fn without_a_terminal_each_line_is_an_object_and_names_its_request() {
    let server = Server::start(&setup(&[
        ("BANGUI_LOG__FORMAT", "auto"),
        ("BANGUI_HTTP__TRUSTED_PROXIES", "127.0.0.0/8"),
    ]));
    let login = json!({"username": "admin", "password": "not this one at all"});
    for (method, path, body, status) in [
        ("POST", "/api/auth/login", Some(&login), 401),
        ("GET", "/api/jails", None, 401),
        ("GET", "/api/nothing", None, 401),
        ("GET", "/jails/sshd", None, 200),
        ("GET", "/assets/none.js", None, 404),
        ("GET", "/api/health", None, 503),
    ] {
        let (found, id) = call_for_id(&server, method, path, body, None);
        assert_eq!(found, status, "{path}");
        assert_eq!(id.len(), 16, "{path} {id:?}");
        let lines = of_request(&server, &id);
        if method == "GET" {
            assert!(lines.is_empty(), "only looks: {lines:?}");
            continue;
        }
        assert_eq!(lines.len(), 1, "{lines:?}");
        let (line, fields) = (&lines[0], &lines[0]["fields"]);
        assert_eq!((&line["level"], &line["target"]), (&json!("INFO"), &json!("bangui_api::access::login")));
        assert_eq!((&fields["method"], &fields["path"]), (&json!(method), &json!(path)));
        assert_eq!((&fields["status"], &fields["code"]), (&json!(status), &json!("credentials_invalid")));
        assert_eq!(fields["address"], "127.0.0.1");
    }
    let (_, id) = call_for_id(&server, "GET", "/", None, Some("proxy-1.a_b"));
    assert_eq!(id, "proxy-1.a_b", "of a trusted proxy");
    let (_, id) = call_for_id(&server, "GET", "/", None, Some("two words"));
    assert_eq!(id.len(), 16);
}

const METRICS_TOKEN: &str = "scrape-7d1f09c2b4e8";

#[test]
fn no_secret_is_in_any_log() {
    let database_password = "db-secret-7f3a91";
    for (format, kind) in [("text", DbKind::Sqlite), ("json", DbKind::Postgres)] {
        let place = Place::new(kind);
        // The server of the tests asks for no password, so one in the URL changes nothing.
        let url = place.url().replacen("postgres@", &format!("postgres:{database_password}@"), 1);
        assert_eq!(url.contains(database_password), kind == DbKind::Postgres, "{url}");
        let mut server = Server::start(&setup(&[
            ("BANGUI_LOG__FILTER", ALL),
            ("BANGUI_LOG__FORMAT", format),
            ("BANGUI_DATABASE__URL", &url),
            ("BANGUI_ADMIN__PASSWORD", ""),
            ("BANGUI_METRICS__TOKEN", METRICS_TOKEN),
        ]));
        let log = server.log();
        let token =
            log.split("until the next start: ").nth(1).and_then(|rest| rest.split(['"', '\n']).next());
        let token = token.expect("a set-up token in the log").to_owned();
        let mut secrets = vec![database_password.to_owned()];

        let (wrong_token, wrong) = ("Wr0ngT0ken".repeat(5), "a wrong password, typed");
        let set_up = |token: &str| {
            let body = json!({"token": token, "username": "admin", "password": PASSWORD});
            server.call("POST", "/api/setup", Some(&body)).0
        };
        assert_eq!(set_up(&wrong_token), 403);
        assert_eq!(set_up(&token), 201);
        let credentials = |password: &str| json!({"username": "admin", "password": password});
        assert_eq!(server.call("POST", "/api/auth/login", Some(&credentials(wrong))).0, 401);
        assert_eq!(
            server.call("POST", "/api/auth/login", Some(&json!({"username": wrong, "password": 3}))).0,
            400
        );
        secrets.extend([PASSWORD, wrong, &wrong_token].map(str::to_owned));

        let session = |server: &mut Server, password: &str| {
            server.log_in(password);
            let cookie = server.cookie.clone().expect("a cookie");
            cookie.split_once('=').expect("a value").1.to_owned()
        };
        secrets.push(session(&mut server, PASSWORD));
        secrets.push(session(&mut server, PASSWORD));
        assert_eq!(server.get("/api/sessions").0, 200);
        let new = "a new password, chosen";
        for (current, status) in [(wrong, 403), (PASSWORD, 200)] {
            let body = json!({"current_password": current, "new_password": new});
            assert_eq!(server.call("POST", "/api/auth/password", Some(&body)).0, status);
        }
        assert_eq!(server.call("POST", "/api/auth/logout", None).0, 204);
        secrets.push(session(&mut server, new));
        assert_eq!(server.call("DELETE", "/api/sessions", None).0, 200);
        assert_eq!(server.get("/api/jails").0, 503);
        for (token, status) in [(METRICS_TOKEN, 200), ("0123456789abcdef-wrong", 401)] {
            let mut curl = curl(Path::new("/dev/null"));
            curl.args(["--header", &format!("authorization: Bearer {token}")]);
            curl.arg(format!("http://{}/metrics", server.address));
            assert_eq!(fetch(curl).status, status);
            secrets.push(token.to_owned());
        }
        server.cookie = Some("bangui_session=c29tZWJvZHkgZWxzZSdzIHRva2VuIHRoYXQgaXMgbG9uZw".to_owned());
        secrets.push("c29tZWJvZHkgZWxzZSdzIHRva2VuIHRoYXQgaXMgbG9uZw".to_owned());
        assert_eq!(server.get("/api/jails").0, 401);
        secrets.push(new.to_owned());
        let mut passwd = bangui()
            .args(["user", "passwd", "admin", "--password-stdin"])
            .env("BANGUI_DATABASE__URL", &url)
            .env("BANGUI_LOG__FILTER", ALL)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        passwd.stdin.take().expect("an input").write_all(b"a password, typed in").expect("it reads");
        let output = passwd.wait_with_output().expect("it ends");
        assert!(output.status.success());
        secrets.push("a password, typed in".to_owned());
        server.signal(rustix::process::Signal::TERM);
        assert_eq!(server.wait(), 0);

        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let log = server.log();
        assert!(
            log.contains("credentials_invalid") && log.contains("/api/setup"),
            "it is the whole log: {log}"
        );
        assert_eq!(log.matches(&token).count(), 1, "the set-up token is told once, at the start");
        for secret in &secrets {
            assert!(
                !log.contains(secret.as_str()) && !said.contains(secret.as_str()),
                "{secret}: {log}{said}"
            );
        }
    }
}

#[test]
fn what_strangers_send_stays_within_its_line() {
    let server = Server::start(&setup(&[("BANGUI_LOG__FILTER", ALL), ("BANGUI_LOG__FORMAT", "text")]));
    let hostile = "eve\n2026-01-01T00:00:00Z ERROR forged\u{1b}[2J\u{9b}31m\u{202e}";
    let login = json!({"username": hostile, "password": "not this one at all"});
    assert_eq!(server.call("POST", "/api/auth/login", Some(&login)).0, 401);
    let answer = raw(
        &server,
        "GET /api/b\u{9b}a\u{1b}d%0aline%1b[2J HTTP/1.1\r\nhost: localhost\r\nuser-agent: \u{1b}]0;title\u{7}\r\nconnection: close\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    let answer = raw(
        &server,
        "GET /api/a%0aline%1b[2J HTTP/1.1\r\nhost: localhost\r\nx-request-id: forged\r\nconnection: close\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(!answer.contains("x-request-id: forged"), "of no trusted proxy");
    let log = server.log();
    assert!(log.contains("path=/api/a%0aline%1b[2J"), "{log}");
    for line in log.lines() {
        assert!(line.starts_with("20") && !line.contains("ERROR"), "{line:?}");
        assert!(!line.chars().any(|sign| sign.is_control() || sign == '\u{202e}'), "{line:?}");
    }
}
