//! A rolling restart of three replicas under load, behind what a load balancer does: it asks who is ready, and goes on to
//! the next where a connection is refused. No request fails, and whoever watches the live stream misses nothing.

use std::io::{BufRead, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bangui_persistence::DbKind;
use bangui_test_support::db::Place;
use rustix::process::Signal;

use crate::checks::{Over, each_banned_once, jobs_in_order, on, whole};
use crate::server::{Server, Setup, eventually};
use crate::storm::{Storm, patient};

const ROUNDS: usize = 2;

/// A free port below those that the kernel gives to outgoing connections, so that it stays free during a restart.
fn fixed_port() -> SocketAddr {
    let ports = std::iter::repeat_with(|| SocketAddr::from(([127, 0, 0, 1], fastrand::u16(15_000..30_000))));
    ports.take(1_000).find(|address| TcpListener::bind(address).is_ok()).expect("a free port")
}

/// The replicas as a load balancer sees them.
struct Balancer {
    addresses: Vec<SocketAddr>,
    ready: Mutex<Vec<bool>>,
    next: AtomicUsize,
    cookie: String,
    stop: AtomicBool,
    answered: AtomicU32,
    refused: AtomicU32,
    failed: Mutex<Vec<String>>,
}

impl Balancer {
    /// Sends a request and reads the status; `None` if the connection is refused.
    fn ask(address: SocketAddr, path: &str, cookie: &str) -> Option<(u16, String)> {
        let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(5)) else {
            return None;
        };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        );
        let mut text = String::new();
        let sent = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut text));
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        Some((status.unwrap_or(0), format!("{sent:?} {text}")))
    }

    /// Asks everyone whether they are ready, until the stop.
    fn look(&self) {
        while !self.stop.load(Ordering::SeqCst) {
            for (index, address) in self.addresses.iter().enumerate() {
                let ready =
                    Self::ask(*address, "/api/health/ready", "").is_some_and(|(status, _)| status == 200);
                self.ready.lock().expect("no panic")[index] = ready;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// One that is ready, in turn.
    fn pick(&self) -> SocketAddr {
        loop {
            let index = self.next.fetch_add(1, Ordering::SeqCst) % self.addresses.len();
            if self.ready.lock().expect("no panic")[index] {
                return self.addresses[index];
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Requests without end, each of which has to be answered.
    fn load(&self, path: &str) {
        while !self.stop.load(Ordering::SeqCst) {
            match Self::ask(self.pick(), path, &self.cookie) {
                Some((200, _)) => drop(self.answered.fetch_add(1, Ordering::SeqCst)),
                Some((status, text)) => {
                    self.failed.lock().expect("no panic").push(format!("{path}: {status} {text}"));
                }
                None => drop(self.refused.fetch_add(1, Ordering::SeqCst)),
            }
        }
    }

    /// Watches the live stream, wherever it can, and goes on behind what it has seen; answers the numbers of the events.
    fn watch(&self) -> Vec<i64> {
        let mut seen: Vec<i64> = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            let address = self.pick();
            let Ok(mut stream) = TcpStream::connect(address) else { continue };
            stream.set_read_timeout(Some(Duration::from_secs(1))).expect("a limit");
            let last = seen.last().map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
            let request = format!(
                "GET /api/events/stream HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\n{last}\r\n",
                self.cookie
            );
            stream.write_all(request.as_bytes()).expect("sent");
            let mut reader = BufReader::new(stream);
            let mut line = Vec::new();
            while !self.stop.load(Ordering::SeqCst) {
                match reader.read_until(b'\n', &mut line) {
                    Ok(0) => break,
                    Ok(_) => {
                        let text = String::from_utf8_lossy(&line).into_owned();
                        line.clear();
                        seen.extend(text.strip_prefix("id: ").and_then(|id| id.trim().parse::<i64>().ok()));
                    }
                    // Nothing new; what was read of a line stays.
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Err(_) => break,
                }
            }
        }
        seen
    }
}

#[test]
fn no_request_fails_and_no_event_is_missed() {
    let place = Place::new(DbKind::Postgres);
    let fail2ban = Arc::new(patient());
    let setups: Vec<Setup> =
        (0..3).map(|_| Setup { address: Some(fixed_port()), ..on(&place, &fail2ban.socket()) }).collect();
    let mut servers: Vec<Server> = setups.iter().map(Server::start_and_login).collect();
    let balancer = Balancer {
        addresses: servers.iter().map(|server| server.address).collect(),
        ready: Mutex::new(vec![true; servers.len()]),
        next: AtomicUsize::new(0),
        cookie: servers[0].cookie.clone().expect("a session"),
        stop: AtomicBool::new(false),
        answered: AtomicU32::new(0),
        refused: AtomicU32::new(0),
        failed: Mutex::default(),
    };
    let storm = Storm::begin(&fail2ban, Duration::from_millis(300));
    let mut slowest = Duration::ZERO;
    let seen = std::thread::scope(|scope| {
        let over = Over(&balancer.stop);
        scope.spawn(|| balancer.look());
        for path in ["/api/auth/me", "/api/bans", "/api/events?limit=20", "/api/health"] {
            let balancer = &balancer;
            scope.spawn(move || balancer.load(path));
        }
        let watcher = scope.spawn(|| balancer.watch());
        std::thread::sleep(Duration::from_secs(1));
        for _ in 0..ROUNDS {
            for (server, setup) in servers.iter_mut().zip(&setups) {
                let begun = Instant::now();
                server.signal(Signal::TERM);
                assert_eq!(server.wait(), 0);
                slowest = slowest.max(begun.elapsed());
                *server = Server::start_and_login(setup);
                eventually("the replica to be taken into use", || {
                    balancer.ready.lock().expect("no panic").iter().all(|ready| *ready).then_some(())
                });
            }
        }
        // What was recorded last comes by the stream too.
        std::thread::sleep(Duration::from_secs(4));
        drop(over);
        watcher.join().expect("no panic")
    });
    assert_eq!(*balancer.failed.lock().expect("no panic"), Vec::<String>::new());
    let addresses = storm.end();
    for server in &servers {
        each_banned_once(server, &addresses);
    }
    let runs = jobs_in_order(&servers[0]);
    whole(&place, DbKind::Postgres);
    assert!(seen.is_sorted_by(|a, b| a < b), "each event once, in order: {seen:?}");
    let between = format!(
        "SELECT count(*) AS count FROM (SELECT id FROM bans UNION ALL SELECT end_id FROM bans) AS events \
         WHERE id BETWEEN {} AND {}",
        seen[0],
        seen[seen.len() - 1]
    );
    assert_eq!(place.count(&between).expect("a count"), i64::try_from(seen.len()).expect("few"), "{seen:?}");
    println!(
        "rolling restart, {ROUNDS} rounds of {}: {} requests, none failed, {} connections refused and sent elsewhere; slowest stop \
         {:.1} s; {} events seen live, each once, of {} bans; {runs} runs of jobs",
        servers.len(),
        balancer.answered.load(Ordering::SeqCst),
        balancer.refused.load(Ordering::SeqCst),
        slowest.as_secs_f64(),
        seen.len(),
        addresses.len()
    );
}
