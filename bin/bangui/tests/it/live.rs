//! A live stream as a page holds it open: collects what comes until it ends.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::server::{Server, eventually};

/// A ban or unban that came by a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: i64,
    pub(crate) what: String,
}

/// A stream that is open as long as its server runs.
pub(crate) struct Live {
    told: Arc<Mutex<Vec<Told>>>,
    reader: JoinHandle<()>,
}

impl Live {
    /// Opens a stream from now on, and waits for its beginning.
    pub(crate) fn open(server: &Server) -> Self {
        let mut connection = TcpStream::connect(server.address).expect("a connection");
        let cookie = server.cookie.as_deref().expect("a session");
        let request = format!(
            "GET /api/events/stream HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n",
            server.address
        );
        connection.write_all(request.as_bytes()).expect("sent");
        let mut lines = BufReader::new(connection).lines();
        let begun =
            |line: &std::io::Result<String>| line.as_ref().is_ok_and(|line| line.starts_with("data: "));
        lines.find(begun).expect("the stream begins with fail2ban's state").expect("a line");
        let told = Arc::new(Mutex::new(Vec::new()));
        let collected = Arc::clone(&told);
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event =
                    line.strip_prefix("data: ").and_then(|data| serde_json::from_str::<Value>(data).ok());
                if let Some((id, event)) = event.and_then(|event| Some((event["id"].as_i64()?, event))) {
                    let text = |key: &str| event[key].as_str().unwrap_or("-").to_owned();
                    let what = format!("{} {} {}", text("kind"), text("ip"), text("by"));
                    collected.lock().expect("no reader panics").push(Told { id, what });
                }
            }
        });
        Self { told, reader }
    }

    /// Whether the server has ended it.
    pub(crate) fn ended(&self) -> bool {
        self.reader.is_finished()
    }

    /// What has come so far.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.lock().expect("no reader panics").clone()
    }

    /// Waits until `what` has come.
    pub(crate) fn wait_for(&self, what: &str) {
        eventually(&format!("{what:?} to come by the stream"), || {
            self.told().iter().any(|told| told.what == what).then_some(())
        });
    }
}
