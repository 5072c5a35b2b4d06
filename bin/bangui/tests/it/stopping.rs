//! Being told to stop: in order within 15 seconds, at once at the second signal, and also during the start.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;

use crate::live::Live;
use crate::server::{Server, Setup, eventually};

/// The longest that an orderly stop may take.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// A fail2ban that takes every request and answers none.
pub(crate) fn mute(dir: &TempDir) -> std::path::PathBuf {
    let path = dir.path().join("mute.sock");
    let listener = UnixListener::bind(&path).expect("a socket");
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for connection in listener.incoming().map_while(Result::ok) {
            open.push(connection);
        }
    });
    path
}

/// Sends a request to ban `ip`, but for the last `kept` bytes of its body; answers what is left to be sent.
fn begin_request(server: &Server, ip: &str, kept: usize) -> (TcpStream, String) {
    let mut connection = TcpStream::connect(server.address).expect("a connection");
    let cookie = server.cookie.as_deref().expect("a session");
    let body = json!({"ip": ip, "jail": "sshd"}).to_string();
    let (now, later) = body.split_at(body.len() - kept);
    let request = format!(
        "POST /api/bans HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{now}",
        server.address,
        body.len()
    );
    connection.write_all(request.as_bytes()).expect("sent");
    (connection, later.to_owned())
}

/// Sends a request that waits for fail2ban, which does not answer.
pub(crate) fn hanging_request(server: &Server) -> TcpStream {
    begin_request(server, "192.0.2.1", 0).0
}

#[test]
fn streams_and_idle_connections_end_and_a_request_under_way_is_answered() {
    let mut server = Server::start_and_login(&Setup::with_socket(Path::new("/nowhere/fail2ban.sock")));
    let stream = Live::open(&server);
    let mut idle = TcpStream::connect(server.address).expect("a connection");
    idle.write_all(format!("GET /api/health/live HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).as_bytes())
        .expect("sent");
    let mut first = [0; 12];
    idle.read_exact(&mut first).expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 200");
    let (mut slow, rest) = begin_request(&server, "999.1.1.1", 5);
    std::thread::sleep(Duration::from_millis(300));

    let asked = Instant::now();
    server.signal(Signal::TERM);
    eventually("the stream to end", || stream.ended().then_some(()));
    std::thread::sleep(Duration::from_secs(1));
    slow.write_all(rest.as_bytes()).expect("sent");
    let mut answer = String::new();
    slow.read_to_string(&mut answer).expect("an answer, then the end");
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("999.1.1.1"), "{answer}");
    assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    assert_eq!(server.wait(), 0);
    assert!(asked.elapsed() < STOP_WITHIN, "it took {:?}", asked.elapsed());
    let log = server.log();
    assert!(log.contains("scheduler lock given back") && log.contains("stopped"), "{log}");
}

#[test]
fn jobs_and_requests_that_hang_do_not_hold_it_up() {
    let dir = TempDir::new().expect("a directory");
    let mut server = Server::start_and_login(&Setup::with_socket(&mute(&dir)));
    let _waiting = hanging_request(&server);
    let asked = Instant::now();
    server.signal(Signal::TERM);
    assert_eq!(server.wait(), 0);
    assert!(asked.elapsed() < STOP_WITHIN, "it took {:?}", asked.elapsed());
    let log = server.log();
    assert!(log.contains("was cut short") && log.contains("scheduler lock given back"), "{log}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let dir = TempDir::new().expect("a directory");
    let mut server = Server::start_and_login(&Setup::with_socket(&mute(&dir)));
    let _waiting = hanging_request(&server);
    std::thread::sleep(Duration::from_millis(300));
    server.signal(Signal::TERM);
    eventually("the first to be noticed", || server.log().contains("SIGTERM received").then_some(()));
    server.signal(Signal::INT);
    assert_eq!(server.wait(), 1);
    let log = server.log();
    assert!(log.contains("SIGINT received again") && !log.contains("given back"), "{log}");
}

#[test]
fn a_signal_while_it_waits_for_the_lock_ends_it_and_leaves_the_holder_alone() {
    let mut holder = Server::start_and_login(&Setup::with_socket(Path::new("/nowhere/fail2ban.sock")));
    let mut setup = Setup::with_socket(Path::new("/nowhere/fail2ban.sock"));
    let url = format!("sqlite://{}/bangui.db", holder.dir.path().display());
    setup.settings.push(("BANGUI_DATABASE__URL", url));
    let mut waiting = Server::spawn(&setup);
    eventually("it to wait", || waiting.log().contains("the scheduler lock is held").then_some(()));
    waiting.signal(Signal::TERM);
    assert_eq!(waiting.wait(), 0);
    assert!(waiting.log().contains("received during the start"), "{}", waiting.log());
    let (_, system) = holder.get("/api/system");
    assert_eq!(
        (&system["scheduler"]["role"], &system["scheduler"]["holder"]["pid"]),
        (&json!("leader"), &json!(holder.pid()))
    );
    assert_eq!(system["scheduler"]["token"], 1);
    holder.signal(Signal::INT);
    assert_eq!(holder.wait(), 0);
}
