//! One connection: connects, sends requests, reads replies, says good-bye. Knows whether it is in good order, not
//! what is sent.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::codec::DecodeError;
use crate::error::Error;
use crate::frame::{CLOSE, END, ReplyReader};
use crate::types::Version;

use super::Options;

/// What is read at once; the server writes 64 KiB at a time.
const CHUNK: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct Connection {
    stream: UnixStream,
    reader: ReplyReader,
    /// Between two exchanges: nothing is half sent, and no reply is outstanding.
    idle: bool,
    /// The server's version, once it was asked.
    pub(super) version: Option<Version>,
    /// Commands that this server has said it does not know.
    pub(super) lacks: BTreeSet<String>,
}

/// Why an exchange failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The system reported an error, or the connection ended.
    Lost(Option<io::Error>),
    /// The time was over.
    Late(&'static str, Duration),
    /// The reply is not readable.
    Malformed(DecodeError),
}

/// A failed exchange.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) fault: Fault,
    /// Whether the whole request was handed over: only then can it have been carried out.
    pub(super) sent: bool,
    /// How many bytes of the reply had come.
    pub(super) received: usize,
}

impl Connection {
    /// Connects. The server keeps a queue of two, and a full queue is reported at once: then it is tried again.
    pub(super) async fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        let deadline = Instant::now() + options.connect_timeout;
        let mut pause = Duration::from_millis(10);
        let late = || Error::TimedOut {
            path: path.to_owned(),
            command: String::new(),
            doing: "accept the connection",
            after: options.connect_timeout,
        };
        loop {
            match timeout_at(deadline, UnixStream::connect(path)).await {
                Err(_) => return Err(late()),
                Ok(Ok(stream)) => {
                    return Ok(Self {
                        stream,
                        reader: ReplyReader::new(options.limits),
                        idle: true,
                        version: None,
                        lacks: BTreeSet::new(),
                    });
                }
                Ok(Err(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    if Instant::now() + pause >= deadline {
                        return Err(late());
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(100));
                }
                Ok(Err(error)) => return Err(connect_error(path, error)),
            }
        }
    }

    /// Whether the server has closed the connection meanwhile, or sent what nobody asked for.
    pub(super) fn is_stale(&self) -> bool {
        let mut byte = [0];
        let silent = matches!(self.stream.try_read(&mut byte), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        !silent || self.reader.pending() > 0 || !self.idle
    }

    /// Sends sealed requests in one go and reads as many replies. Dropping the future leaves the connection in
    /// disorder; so does every error.
    pub(super) async fn exchange(
        &mut self,
        requests: &[u8],
        replies: usize,
        reply_timeout: Duration,
        write_timeout: Duration,
    ) -> Result<Vec<Vec<u8>>, Failure> {
        self.idle = false;
        let failure = |fault, sent, received| Failure { fault, sent, received };
        match timeout(write_timeout, self.stream.write_all(requests)).await {
            Err(_) => return Err(failure(Fault::Late("take the request", write_timeout), false, 0)),
            Ok(Err(error)) => return Err(failure(Fault::Lost(Some(error)), false, 0)),
            Ok(Ok(())) => {}
        }
        let deadline = Instant::now() + reply_timeout;
        let mut complete = Vec::with_capacity(replies);
        while complete.len() < replies {
            match self.reader.next_reply() {
                Err(error) => return Err(failure(Fault::Malformed(error), true, self.reader.pending())),
                Ok(Some(reply)) => {
                    complete.push(reply);
                    continue;
                }
                Ok(None) => {}
            }
            let buffer = self.reader.buffer_mut();
            buffer.reserve(CHUNK);
            let read = timeout_at(deadline, self.stream.read_buf(buffer)).await;
            let received = self.reader.pending();
            match read {
                Err(_) => return Err(failure(Fault::Late("answer", reply_timeout), true, received)),
                Ok(Err(error)) => return Err(failure(Fault::Lost(Some(error)), true, received)),
                Ok(Ok(0)) => return Err(failure(Fault::Lost(None), true, received)),
                Ok(Ok(_)) => {}
            }
        }
        self.idle = true;
        Ok(complete)
    }

    /// Asks the server to close, and waits until it has.
    pub(super) async fn close(mut self, limit: Duration) {
        let mut farewell = async || -> io::Result<()> {
            self.stream.write_all(CLOSE).await?;
            self.stream.write_all(END).await?;
            let mut rest = [0; 64];
            while self.stream.read(&mut rest).await? > 0 {}
            Ok(())
        };
        match timeout(limit, farewell()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "fail2ban had closed the connection already"),
            Err(_) => tracing::debug!("fail2ban did not close the connection in time"),
        }
        self.idle = false;
    }
}

impl Drop for Connection {
    /// Says good-bye where that needs no waiting. Behind a request that is half sent it would be taken for its rest.
    fn drop(&mut self) {
        if self.idle {
            let farewell = [CLOSE.as_slice(), END.as_slice()].concat();
            if let Err(error) = self.stream.try_write(&farewell) {
                tracing::trace!(%error, "no good-bye to fail2ban");
            }
        }
    }
}

fn connect_error(path: &Path, error: io::Error) -> Error {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => Error::SocketMissing { path },
        io::ErrorKind::PermissionDenied => Error::PermissionDenied { path },
        // A plain file refuses as a dead socket does.
        io::ErrorKind::ConnectionRefused if !is_socket(&path) => Error::NotASocket { path },
        io::ErrorKind::ConnectionRefused => Error::NobodyListens { path },
        _ => Error::Connect { path, source: error },
    }
}

/// Where the file has gone in between, it was one.
fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).map_or(true, |data| data.file_type().is_socket())
}
