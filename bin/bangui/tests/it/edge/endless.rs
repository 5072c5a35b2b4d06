//! Connections that would never end by themselves, one of each kind, and that the server ends them.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use tokio::net::TcpSocket;

use super::{setup, sockets};
use crate::server::{Server, eventually, free_port};
use crate::tls::Pair;

/// How often a trickle brings a byte.
const DROP: Duration = Duration::from_millis(300);

/// Connects from an address of loopback, with room for little that is not read.
pub(super) fn connect_from(from: Ipv4Addr, to: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        socket.bind(SocketAddr::from((from, 0))).expect("an address of loopback");
        socket.connect(to).await.expect("a connection").into_std().expect("a socket")
    })
}

/// A client that keeps the server waiting.
pub(super) struct Slow {
    pub(super) what: &'static str,
    stream: TcpStream,
    /// What it sends byte by byte; nothing for one that only waits.
    trickle: Option<u8>,
    heard: Vec<u8>,
    reads: bool,
}

impl Slow {
    /// A client that has sent `begun`, and goes on with `trickle`.
    pub(super) fn new(what: &'static str, stream: TcpStream, begun: &str, trickle: Option<u8>) -> Self {
        stream.set_nonblocking(true).expect("a socket");
        let mut slow = Self { what, stream, trickle, heard: Vec::new(), reads: true };
        // One that cannot send has been ended, which shows when it reads.
        drop(slow.stream.write(begun.as_bytes()));
        slow
    }

    /// One that reads nothing of what it has asked for.
    pub(super) fn not_reading(mut self) -> Self {
        self.reads = false;
        self
    }

    /// Sends the next byte, if it sends any, and says whether the connection has ended.
    pub(super) fn drop_by_drop(&mut self) -> bool {
        if let Some(byte) = self.trickle {
            drop(self.stream.write(&[byte]));
        }
        if !self.reads {
            return false;
        }
        let mut buffer = [0_u8; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return true,
                Ok(count) => self.heard.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return false,
                Err(_) => return true,
            }
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.heard).into_owned()
    }
}

/// A client of each kind that needs no TLS. A reader that does not read has to ask for more than sockets hold.
pub(super) fn each_kind(connect: impl Fn() -> TcpStream, cookie: &str) -> Vec<Slow> {
    let login = "POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
    let document = format!("GET /api/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n");
    vec![
        Slow::new("says nothing", connect(), "", None),
        Slow::new("half a head", connect(), "GET /api/health/live HTTP/1.1\r\nHost: 127", None),
        Slow::new("a head that goes on", connect(), "GET /api/health/live HTTP/1.1\r\nX-Long: ", Some(b'x')),
        Slow::new(
            "half a second head",
            connect(),
            "GET /api/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /api/health/live HTTP/1.1\r\nX-Long: ",
            Some(b'x'),
        ),
        Slow::new("no body", connect(), &format!("{login}Content-Length: 1000\r\n\r\n"), None),
        Slow::new("a slow body", connect(), &format!("{login}Content-Length: 1000\r\n\r\n"), Some(b' ')),
        Slow::new(
            "a slow chunk",
            connect(),
            &format!("{login}Transfer-Encoding: chunked\r\n\r\n3e8\r\n"),
            Some(b' '),
        ),
        Slow::new(
            "a body that nobody asked for",
            connect(),
            "GET /api/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n",
            Some(b' '),
        ),
        Slow::new(
            "a body that is refused",
            connect(),
            "POST /api/bans HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n",
            Some(b' '),
        ),
        Slow::new("does not read", connect(), &document.repeat(20), None).not_reading(),
    ]
}

/// Goes on with all of them until the server has as many sockets as before.
fn until_ended(server: &Server, before: usize, slow: &mut [Slow]) {
    eventually("every connection to end", || {
        std::thread::sleep(DROP);
        for client in &mut *slow {
            client.drop_by_drop();
        }
        (sockets(server) <= before).then_some(())
    });
    for client in slow {
        let ended = !client.reads || client.drop_by_drop();
        assert!(ended, "{}: {}", client.what, client.text());
    }
}

#[test]
fn whoever_keeps_the_server_waiting_is_waited_for_no_longer() {
    let server = Server::start_and_login(&setup(&[]));
    let cookie = server.cookie.clone().expect("a session");
    let before = settled(&server);
    let mut slow = each_kind(|| connect_from(Ipv4Addr::LOCALHOST, server.address), &cookie);
    eventually("them to come in", || (sockets(&server) > before).then_some(()));
    until_ended(&server, before, &mut slow);
    let told = |what: &str| slow.iter().find(|client| client.what == what).expect("a kind").text();
    assert!(told("a slow body").contains("\"code\":\"body_too_slow\""), "{}", told("a slow body"));
    assert!(told("half a second head").starts_with("HTTP/1.1 200 "), "{}", told("half a second head"));
    assert_eq!(server.get("/api/health/live").0, 200);
}

#[test]
fn a_handshake_and_the_listener_for_metrics_have_the_same_limits() {
    let dir = tempfile::TempDir::new().expect("a directory");
    let pair = Pair::write(dir.path());
    let [plain, secure, metrics] = [free_port(), free_port(), free_port()];
    let mut setup = setup(&[]);
    setup.address = Some(plain);
    setup.settings.push(("BANGUI_HTTP__LISTEN", format!("{plain},https://{secure}")));
    setup.settings.push(("BANGUI_HTTP__TLS_CERTIFICATE", pair.certificate.display().to_string()));
    setup.settings.push(("BANGUI_HTTP__TLS_KEY", pair.key.display().to_string()));
    setup.settings.push(("BANGUI_METRICS__LISTEN", metrics.to_string()));
    let server = Server::start(&setup);
    let before = settled(&server);
    let connect = |address: SocketAddr| TcpStream::connect(address).expect("a connection");
    let mut slow = [
        Slow::new("no handshake", connect(secure), "", None),
        // The first bytes of a hello of 256 bytes.
        Slow::new("half a handshake", connect(secure), "\u{16}\u{3}\u{1}\u{1}\0\u{1}", Some(0)),
        Slow::new("half a scrape", connect(metrics), "GET /metrics HTTP/1.1\r\nX-Long: ", Some(b'x')),
        Slow::new("no scrape", connect(metrics), "", None),
    ];
    until_ended(&server, before, &mut slow);
}

/// The sockets that are open when nobody asks: those of the test's own requests have ended.
pub(super) fn settled(server: &Server) -> usize {
    let mut last = usize::MAX;
    let mut same = 0;
    eventually("connections to settle", || {
        std::thread::sleep(Duration::from_millis(200));
        let now = sockets(server);
        same = if now == last { same + 1 } else { 0 };
        last = now;
        // Longer than a connection is kept that asks nothing.
        (same > 55).then_some(now)
    })
}
