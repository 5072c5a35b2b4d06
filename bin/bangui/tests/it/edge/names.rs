//! Names that lead here and are not the server's.

use serde_json::json;

use super::setup;
use crate::server::{PASSWORD, Server, free_port};
use crate::tls::{Got, curl, fetch};

fn ask(url: &str, host: &str, more: &[&str]) -> Got {
    let mut curl = curl(std::path::Path::new("/dev/null"));
    curl.args(["--header", &format!("host: {host}")]).args(more).arg(url);
    fetch(curl)
}

#[test]
fn a_name_that_is_led_here_gets_nothing() {
    let metrics = free_port();
    let metrics_at = metrics.to_string();
    let server = Server::start(&setup(&[
        ("BANGUI_HTTP__HOSTS", "ban.example, bangui"),
        ("BANGUI_METRICS__LISTEN", metrics_at.as_str()),
        ("BANGUI_METRICS__TOKEN", "a-token-of-a-scraper"),
        ("BANGUI_LOG__FILTER", "debug"),
    ]));
    let url = |path: &str| format!("http://{}{path}", server.address);
    let login = json!({"username": "admin", "password": PASSWORD}).to_string();
    let evil = format!("evil.example:{}", server.address.port());
    let as_a_page_does = [
        "--header",
        "content-type: application/json",
        "--header",
        &format!("origin: http://{evil}"),
        "--header",
        "sec-fetch-site: same-origin",
        "--header",
        "x-forwarded-host: ban.example",
        "--data",
        &login,
    ];
    let got = ask(&url("/api/auth/login"), &evil, &as_a_page_does);
    assert!(got.status == 421 && got.body.contains("host_unknown"), "{got:?}");
    assert!(got.body.contains("http.hosts") && got.header("set-cookie").is_empty(), "{got:?}");
    assert_eq!(got.header("content-type"), "application/problem+json");
    for path in ["/", "/jails", "/api/setup", "/api/nothing", "/assets/x.js"] {
        let got = ask(&url(path), "evil.example", &[]);
        assert!(got.status == 421 && got.body.contains("http.hosts"), "{path}: {got:?}");
    }
    // Monitors and scrapers come by names of their own: they learn what every stranger may, or have a token.
    for path in ["/api/health/live", "/api/health/ready"] {
        assert_eq!(ask(&url(path), "bangui-1.pods", &[]).status, 200, "{path}");
    }
    assert_eq!(ask(&url("/api/health"), "bangui-1.pods", &[]).status, 503, "fail2ban is not there");
    assert_eq!(ask(&url("/metrics"), "bangui-1.pods", &[]).status, 401);
    let token = ["--header", "authorization: Bearer a-token-of-a-scraper"];
    assert_eq!(ask(&url("/metrics"), "bangui-1.pods", &token).status, 200);
    // The listener without a token is no less shut than the pages.
    let scraped = format!("http://{metrics}/metrics");
    let refused = ask(&scraped, "evil.example", &[]);
    let id = refused.header("x-request-id");
    assert!(refused.status == 421 && id.len() == 16 && refused.body.contains(id), "{refused:?}");
    assert!(server.log().contains(id), "a line tells of it: {}", server.log());
    assert_eq!(ask(&scraped, "bangui:9191", &[]).status, 200);
    assert_eq!(ask(&scraped, &metrics.to_string(), &[]).status, 200);

    for host in ["ban.example", "BAN.example:8686", "localhost", "127.0.0.1", "[::1]:8686"] {
        let origin = format!("origin: http://{host}");
        let data = ["--header", "content-type: application/json", "--header", &origin, "--data", &login];
        assert_eq!(ask(&url("/api/auth/login"), host, &data).status, 200, "{host}");
        // The same name over TLS is another place.
        let origin = format!("origin: https://{host}");
        let data = ["--header", "content-type: application/json", "--header", &origin, "--data", &login];
        let got = ask(&url("/api/auth/login"), host, &data);
        assert!(got.status == 403 && got.body.contains("foreign_origin"), "{host}: {got:?}");
    }
}

#[test]
fn what_is_no_name_is_refused_at_the_start() {
    for hosts in ["https://ban.example", "ban.example:443", "*.example", "ban.example/x"] {
        let (code, text) = crate::command::run(
            crate::server::bangui()
                .arg("check-config")
                .env("BANGUI_DATABASE__URL", "sqlite:///tmp/x.db")
                .env("BANGUI_HTTP__HOSTS", hosts),
        );
        assert!(code == 78 && text.contains("is no name of a host"), "{hosts}: {code} {text}");
    }
}
