//! A web server of loopback that keeps what it is sent, and answers as a test tells it: what webhooks and lists are
//! tested against. One thread for each connection, one request on each.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// What was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `GET`, `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, which must be UTF-8.
    pub body: String,
}

impl Received {
    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status; 0 closes the connection without an answer.
    pub status: u16,
    /// Headers besides the length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Waits so long before it.
    pub delay: Duration,
}

impl Answer {
    /// A status with a body.
    pub fn new(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self { status, body: body.as_ref().to_vec(), ..Self::default() }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

type Answering = dyn Fn(usize, &Received) -> Answer + Send + Sync;

/// The server. Its thread ends with the test's process.
#[derive(Clone)]
pub struct Receiver {
    address: SocketAddr,
    kept: Arc<(Mutex<Vec<Received>>, Condvar)>,
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Receiver {
    /// Answers 200 with `ok` to everything.
    pub fn start() -> io::Result<Self> {
        Self::answering(|_, _| Answer::new(200, "ok"))
    }

    /// Answers what `answer` says for the so-manyth request, counted from 0.
    pub fn answering(
        answer: impl Fn(usize, &Received) -> Answer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let kept: Arc<(Mutex<Vec<Received>>, Condvar)> = Arc::default();
        let (keeping, answer): (_, Arc<Answering>) = (Arc::clone(&kept), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (keeping, answer) = (Arc::clone(&keeping), Arc::clone(&answer));
                std::thread::spawn(move || serve(&stream, &keeping, answer.as_ref()));
            }
        });
        Ok(Self { address, kept })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address with a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// All that was received.
    pub fn received(&self) -> Vec<Received> {
        self.kept.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many requests have come, and returns them: fewer if they do not come in time.
    pub fn wait_for(&self, count: usize, within: Duration) -> Vec<Received> {
        let (kept, arrived) = &*self.kept;
        let guard = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = arrived.wait_timeout_while(guard, within, |kept| kept.len() < count);
        waited.unwrap_or_else(PoisonError::into_inner).0.clone()
    }
}

/// A client that goes away is no concern of the server.
fn serve(stream: &TcpStream, kept: &(Mutex<Vec<Received>>, Condvar), answer: &Answering) {
    let Ok(Some(request)) = read(stream) else { return };
    let number = {
        let mut all = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(request.clone());
        kept.1.notify_all();
        all.len().saturating_sub(1)
    };
    let answer = answer(number, &request);
    std::thread::sleep(answer.delay);
    drop(write(stream, &answer));
    drop(stream.shutdown(Shutdown::Both));
}

fn read(stream: &TcpStream) -> io::Result<Option<Received>> {
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(None) };
    let (method, path) = (method.to_owned(), path.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Received { method, path, headers, body: String::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    lines.take(length).read_to_string(&mut request.body)?;
    Ok(Some(request))
}

fn write(mut stream: &TcpStream, answer: &Answer) -> io::Result<()> {
    if answer.status == 0 {
        return Ok(());
    }
    let mut head = format!("HTTP/1.1 {} Told\r\nContent-Length: {}\r\n", answer.status, answer.body.len());
    for (name, value) in &answer.headers {
        head.extend([name, ": ", value.as_str(), "\r\n"]);
    }
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
    stream.write_all(&answer.body)?;
    stream.flush()
}
