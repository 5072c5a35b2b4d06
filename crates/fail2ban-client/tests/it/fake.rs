//! A scripted server: each connection follows its script, and every request is written down.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fail2ban_client::frame::END;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

/// What the server does next on a connection. At the end of its script it closes.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Reads one request.
    Request,
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes one by one.
    SendSlowly(Vec<u8>),
    /// Does nothing for this long.
    Pause(Duration),
    /// Waits until the client has gone.
    Wait,
}

pub(crate) struct Fake {
    dir: tempfile::TempDir,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    task: JoinHandle<()>,
}

impl Fake {
    /// Serves one connection after another, each by the next script, and then no more.
    pub(crate) fn start(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join("s")).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let scripts: Vec<Vec<Step>> = scripts.into_iter().collect();
        let log = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            for script in scripts {
                let (stream, _) = listener.accept().await.unwrap();
                play(stream, script, &log).await;
            }
        });
        Self { dir, requests, task }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.dir.path().join("s")
    }

    /// The requests that came, end markers included.
    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits until every script has been played.
    pub(crate) async fn finished(&mut self) {
        tokio::time::timeout(Duration::from_secs(20), &mut self.task).await.unwrap().unwrap();
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn play(mut stream: UnixStream, script: Vec<Step>, log: &Mutex<Vec<Vec<u8>>>) {
    for step in script {
        match step {
            Step::Request => {
                let mut request = Vec::new();
                while !request.ends_with(END) {
                    let Ok(byte) = stream.read_u8().await else { return };
                    request.push(byte);
                }
                log.lock().unwrap().push(request);
            }
            // The client may have gone on purpose.
            Step::Send(bytes) => drop(stream.write_all(&bytes).await),
            Step::SendSlowly(bytes) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await.unwrap();
                    stream.flush().await.unwrap();
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
            Step::Pause(time) => tokio::time::sleep(time).await,
            Step::Wait => {
                let mut rest = Vec::new();
                drop(stream.read_to_end(&mut rest).await);
                if !rest.is_empty() {
                    log.lock().unwrap().push(rest);
                }
            }
        }
    }
}

fn framed(pickle: &[u8]) -> Vec<u8> {
    [pickle, END].concat()
}

fn text(text: &str) -> Vec<u8> {
    let mut pickle = b"\x8c".to_vec();
    pickle.push(u8::try_from(text.len()).unwrap());
    pickle.extend_from_slice(text.as_bytes());
    pickle
}

/// The reply `(0, text)`.
pub(crate) fn success(value: &str) -> Vec<u8> {
    framed(&[b"\x80\x05K\0".as_slice(), &text(value), b"\x86."].concat())
}

/// The reply `(0, number)`.
pub(crate) fn number(value: u8) -> Vec<u8> {
    framed(&[b'\x80', 5, b'K', 0, b'K', value, 0x86, b'.'])
}

/// The reply `(0, [text, …])`.
pub(crate) fn list(values: &[&str]) -> Vec<u8> {
    let items: Vec<u8> = values.iter().flat_map(|value| text(value)).collect();
    framed(&[b"\x80\x05K\0](".as_slice(), &items, b"e\x86."].concat())
}

/// The reply `(0, [{jail: [text, …]}, …])`.
pub(crate) fn lists(jails: &[(&str, &[&str])]) -> Vec<u8> {
    let jail = |(name, values): &(&str, &[&str])| {
        let items: Vec<u8> = values.iter().flat_map(|value| text(value)).collect();
        [b"}".as_slice(), &text(name), b"](", &items, b"es"].concat()
    };
    let items: Vec<u8> = jails.iter().flat_map(jail).collect();
    framed(&[b"\x80\x05K\0](".as_slice(), &items, b"e\x86."].concat())
}

/// The reply `(1, Class(message))`.
pub(crate) fn exception(module: &str, name: &str, message: &str) -> Vec<u8> {
    framed(
        &[b"\x80\x05K\x01".as_slice(), &text(module), &text(name), b"\x93", &text(message), b"\x85R\x86."]
            .concat(),
    )
}

/// A reply that is a bare text.
pub(crate) fn bare(value: &str) -> Vec<u8> {
    framed(&[b"\x80\x05".as_slice(), &text(value), b"."].concat())
}
