//! Clients that hang up in the middle: what they have begun is carried out, noted and logged all the same.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use serde_json::json;
use tokio::net::TcpSocket;

use super::setup;
use crate::server::{PASSWORD, PATIENCE, Server, eventually};
use crate::stopping::{hanging_request, mute};

/// A connection that is reset when it is dropped, as by a client that has gone.
fn connect(to: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_zero_linger().expect("an end at once");
        socket.connect(to).await.expect("a connection").into_std().expect("a socket")
    });
    stream.set_nonblocking(false).expect("a socket that waits");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    stream
}

fn log_in(server: &Server, password: &str) -> TcpStream {
    let body = json!({"username": "admin", "password": password}).to_string();
    let mut stream = connect(server.address);
    let request = format!(
        "POST /api/auth/login HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("sent");
    stream
}

/// Waits until the server has read all that these connections have sent.
fn until_read(server: &Server, clients: &[TcpStream]) {
    let port = |address: SocketAddr| format!(":{:04X}", address.port());
    let (of_server, of_clients): (String, Vec<String>) = (
        port(server.address),
        clients.iter().map(|client| port(client.local_addr().expect("an address"))).collect(),
    );
    eventually("the server to read what was sent", || {
        let table = std::fs::read_to_string("/proc/net/tcp").expect("the kernel's sockets");
        let read = table.lines().filter(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            fields[1].ends_with(&of_server)
                && of_clients.iter().any(|client| fields[2].ends_with(client))
                && fields[4].ends_with(":00000000")
        });
        (read.count() == clients.len()).then_some(())
    });
}

/// The lines about logins that have a part.
fn logins(server: &Server, part: &str) -> usize {
    let about = |line: &&str| line.contains("bangui_api::access::login") && line.contains(part);
    server.log().lines().filter(about).count()
}

#[test]
fn a_login_is_told_though_nobody_waits_for_its_answer() {
    let place = Place::new(DbKind::Sqlite);
    let server = Server::start(&setup(&[("BANGUI_DATABASE__URL", place.url())]));
    // Twice as many as passwords are compared at a time, so that some still wait.
    let clients: Vec<TcpStream> = (0..8).map(|_| log_in(&server, "not the password")).collect();
    until_read(&server, &clients);
    drop(clients);
    eventually("a line for each login", || (logins(&server, "/api/auth/login") == 8).then_some(()));
    let failed = logins(&server, "status=401");
    assert!(failed > 0, "{}", server.log());
    let noted = place.count("SELECT count(*) AS count FROM audit WHERE action = 'login_failed'");
    assert_eq!(noted.expect("a count"), i64::try_from(failed).expect("a few"));
}

#[test]
fn a_password_that_is_replaced_is_noted_though_nobody_waits() {
    let place = Place::new(DbKind::Sqlite);
    let server = Server::start_and_login(&setup(&[("BANGUI_DATABASE__URL", place.url())]));
    let body = json!({"current_password": PASSWORD, "new_password": "another long password"}).to_string();
    let mut client = connect(server.address);
    let request = format!(
        "POST /api/auth/password HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        server.address,
        server.cookie.as_deref().expect("a session"),
        body.len()
    );
    client.write_all(request.as_bytes()).expect("sent");
    until_read(&server, std::slice::from_ref(&client));
    drop(client);
    eventually("the line", || (logins(&server, "/api/auth/password") == 1).then_some(()));
    let noted = place.count("SELECT count(*) AS count FROM audit WHERE detail LIKE 'replaced%'");
    assert_eq!(noted.expect("a count"), 1);
    let new = json!({"username": "admin", "password": "another long password"});
    assert_eq!(server.call("POST", "/api/auth/login", Some(&new)).0, 200);
}

#[test]
fn who_sends_no_more_is_answered() {
    let server = Server::start(&setup(&[]));
    let ask = |mut stream: TcpStream| {
        stream.shutdown(Shutdown::Write).expect("half an end");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer, then the end");
        answer
    };
    let answer = ask(log_in(&server, PASSWORD));
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("set-cookie"), "{answer}");
    let mut health = connect(server.address);
    health.write_all(b"GET /api/health/live HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("sent");
    let answer = ask(health);
    assert!(answer.contains(" 200 ") && answer.contains("\"ok\""), "{answer}");
}

#[test]
fn a_newcomer_is_refused_while_all_others_are_worked_for() {
    let dir = tempfile::TempDir::new().expect("a directory");
    let mut setup =
        setup(&[("BANGUI_HTTP__MAX_CONNECTIONS", "16"), ("BANGUI_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "16")]);
    setup.socket = mute(&dir);
    let server = Server::start_and_login(&setup);
    let mut busy: Vec<TcpStream> = (0..16).map(|_| hanging_request(&server)).collect();
    until_read(&server, &busy);
    let mut newcomer = connect(server.address);
    // The request may not even be taken.
    drop(newcomer.write_all(b"GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    let mut answer = Vec::new();
    drop(newcomer.read_to_end(&mut answer));
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    let log = server.log();
    assert!(log.contains("http.max_connections (16)") && log.contains("refused=1"), "{log}");
    // Nobody was ended for it.
    for client in &mut busy {
        client.set_nonblocking(true).expect("a socket");
        let waits = client.read(&mut [0]).expect_err("neither an answer nor an end");
        assert_eq!(waits.kind(), ErrorKind::WouldBlock);
    }
}
