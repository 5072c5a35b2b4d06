//! Bodies that are packed.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use super::setup;
use crate::server::{PATIENCE, Server, free_port};

/// 1 GiB of zeros, packed by brotli (quality 9, a window of 16 MiB).
const BOMB: &[u8] = include_bytes!("bomb.br");

/// A figure of `/proc/PID/status`, in KiB.
fn kib(server: &Server, figure: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("the server runs");
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).expect("a figure");
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse().expect("a number")
}

/// Sends a bomb and reads the answer to its end.
fn throw(to: SocketAddr, method: &str, path: &str) -> String {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {to}\r\nContent-Type: application/json\r\nContent-Encoding: br\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n",
        BOMB.len()
    );
    send(to, &[head.as_bytes(), BOMB].concat())
}

/// Sends a request and reads the answer to its end.
fn send(to: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(to).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    stream.write_all(request).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_bomb_is_not_unpacked() {
    assert!(BOMB.len() < 1024);
    let server = Server::start_and_login(&setup(&[]));
    let places = [
        ("POST", "/api/auth/login"),
        ("POST", "/api/setup"),
        ("POST", "/api/bans"),
        ("PUT", "/api/system/log"),
        ("GET", "/api/health"),
        ("POST", "/api/nothing"),
        ("POST", "/"),
        ("GET", "/metrics"),
    ];
    let all = || {
        for (method, path) in places {
            let answer = throw(server.address, method, path);
            assert!(answer.starts_with("HTTP/1.1 415 "), "{method} {path}: {answer}");
            let problem = path == "/" || answer.contains("\"code\":\"content_encoding_unsupported\"");
            assert!(problem, "{method} {path}: {answer}");
        }
    };
    // What is needed once is there after the first.
    all();
    std::fs::write(format!("/proc/{}/clear_refs", server.pid()), "5").expect("the peak begins anew");
    let before = kib(&server, "VmRSS:");
    for _ in 0..5 {
        all();
    }
    let peak = kib(&server, "VmHWM:");
    eprintln!("resident before: {before} KiB, at most meanwhile: {peak} KiB");
    assert!(peak < before + 1024, "{before} KiB before, {peak} KiB meanwhile");
}

#[test]
fn the_listener_for_metrics_is_no_less_strict() {
    let metrics = free_port();
    let listen = metrics.to_string();
    let _server = Server::start(&setup(&[("BANGUI_METRICS__LISTEN", listen.as_str())]));
    let head = |path: &str, more: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: {metrics}\r\nConnection: close\r\n{more}\r\n")
    };
    let long = format!("/metrics?{}", "x".repeat(9_000));
    for (status, code, answer) in [
        (415, "content_encoding_unsupported", throw(metrics, "GET", "/metrics")),
        (413, "body_too_large", send(metrics, head("/metrics", "Content-Length: 70000\r\n").as_bytes())),
        (414, "uri_too_long", send(metrics, head(&long, "").as_bytes())),
        (200, "f2b_up 0", send(metrics, head("/metrics", "").as_bytes())),
    ] {
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(code), "{answer}");
    }
}
