//! Sockets that are not fail2ban's, or that may not be opened: the server runs, and says what is wrong.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::lab::fail2ban;
use crate::server::{Server, Setup, eventually};

/// What the server says is wrong with fail2ban.
fn problem(server: &Server) -> Value {
    server.wait_for_health(503);
    eventually("the problem to be named", || {
        let (_, system) = server.get("/api/system");
        system["fail2ban"]["problem"].is_object().then(|| system["fail2ban"]["problem"].clone())
    })
}

/// A server of something else: answers each connection with `reply`, then cuts it.
fn impostor(path: &Path, reply: &'static [u8]) {
    let listener = UnixListener::bind(path).expect("a socket");
    std::thread::spawn(move || {
        for mut connection in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 4096];
            if matches!(connection.read(&mut request), Ok(1..)) {
                drop(connection.write_all(reply));
            }
        }
    });
}

#[test]
fn a_missing_socket_is_named_with_what_to_do() {
    let dir = TempDir::new().expect("a directory");
    let socket = dir.path().join("no.sock");
    let server = Server::start_and_login(&Setup::with_socket(&socket));
    let problem = problem(&server);
    assert_eq!(problem["code"], "socket_missing");
    let detail = problem["detail"].as_str().expect("text");
    assert!(detail.contains(socket.to_str().expect("a path")), "{detail}");
    assert!(problem["hint"].as_str().expect("text").contains("fail2ban.socket"));
    let (status, body) = server.get("/api/jails");
    assert_eq!(status, 503, "{body}");
}

#[test]
fn a_file_that_is_no_socket_is_refused() {
    let dir = TempDir::new().expect("a directory");
    let path = dir.path().join("file");
    std::fs::write(&path, "not a socket").expect("written");
    let server = Server::start_and_login(&Setup::with_socket(&path));
    assert_eq!(problem(&server)["code"], "refused");
}

#[test]
fn a_socket_that_may_not_be_opened_is_said_to_be_so() {
    let fail2ban = fail2ban();
    let mut setup = Setup::with_socket(&fail2ban.socket());
    if rustix::process::getuid().is_root() {
        setup.uid = Some(65_534);
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(fail2ban.dir(), open).expect("the directory opens");
    } else {
        let closed = std::fs::Permissions::from_mode(0o000);
        std::fs::set_permissions(fail2ban.socket(), closed).expect("the socket closes");
    }
    let server = Server::start_and_login(&setup);
    assert_eq!(problem(&server)["code"], "permission_denied");
}

#[test]
fn an_answer_that_is_no_pickle_and_one_that_is_cut_are_broken() {
    let dir = TempDir::new().expect("a directory");
    let replies: [(&str, &'static [u8]); 2] = [
        ("garbage", b"HTTP/1.1 400 Bad Request\r\n\r\n<F2B_END_COMMAND>"),
        ("cut", b"\x80\x05\x95\x0b\x00\x00\x00\x00\x00\x00\x00K\x00\x8c\x04po"),
    ];
    for (name, reply) in replies {
        let socket = dir.path().join(name);
        impostor(&socket, reply);
        let server = Server::start_and_login(&Setup::with_socket(&socket));
        let problem = problem(&server);
        assert_eq!(problem["code"], "broken", "{name}: {problem}");
    }
}
