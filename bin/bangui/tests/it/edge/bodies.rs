//! Bodies that are packed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::setup;
use crate::server::{PATIENCE, Server};

/// 1 GiB of zeros, packed by brotli (quality 9, a window of 16 MiB).
const BOMB: &[u8] = include_bytes!("bomb.br");

/// A figure of `/proc/PID/status`, in KiB.
fn kib(server: &Server, figure: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("the server runs");
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).expect("a figure");
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse().expect("a number")
}

/// Sends a bomb and reads the answer to its end.
fn throw(server: &Server, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Encoding: br\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n",
        server.address,
        BOMB.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(BOMB)).expect("sent");
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
            let answer = throw(&server, method, path);
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
