//! Records what a client and a real server say to each other, by listening to the bytes in between.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::recording::{Recording, Tape, cut_request, is_farewell};
use crate::client::{ByteStream, Connecting, Connector};
use crate::codec::Limits;
use crate::error::Error;
use crate::frame::ReplyReader;

/// A connector around another that records what goes through it. Clones record together: give one to the client, and
/// keep one.
///
/// ```no_run
/// use fail2ban_client::{Client, Options, UnixConnector, fake::Recorder};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let recorder = Recorder::new(UnixConnector::new(Client::DEFAULT_SOCKET));
/// let client = Client::with_connector(recorder.clone(), Options::default());
/// client.counters().await?;
/// std::fs::write("counters.recording", recorder.recording().to_string())?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Recorder {
    inner: Arc<dyn Connector>,
    tape: Tape,
    connections: Arc<AtomicU64>,
}

impl Recorder {
    /// Records what goes through this connector.
    pub fn new(connector: impl Connector) -> Self {
        Self { inner: Arc::new(connector), tape: Tape::default(), connections: Arc::default() }
    }

    /// What was said so far.
    pub fn recording(&self) -> Recording {
        self.tape.recording()
    }
}

impl Connector for Recorder {
    fn connect(&self) -> Connecting<'_> {
        Box::pin(async {
            let stream = self.inner.connect().await?;
            let number = self.connections.fetch_add(1, Ordering::AcqRel) + 1;
            let tapped: Box<dyn ByteStream> = Box::new(Tapped::new(stream, number, self.tape.clone()));
            Ok(tapped)
        })
    }

    fn server(&self) -> String {
        self.inner.server()
    }

    fn explain(&self, error: io::Error) -> Error {
        self.inner.explain(error)
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Recorder").field(&self.server()).finish()
    }
}

/// A stream whose bytes are cut into exchanges. A reply is recorded as its bytes come; where the next begins, the
/// scanner of replies knows.
struct Tapped {
    stream: Box<dyn ByteStream>,
    number: u64,
    tape: Tape,
    sent: Vec<u8>,
    replies: ReplyReader,
    /// The places of the requests that have no whole reply yet.
    open: VecDeque<usize>,
}

impl Tapped {
    fn new(stream: Box<dyn ByteStream>, number: u64, tape: Tape) -> Self {
        let replies = ReplyReader::new(Limits::default().with_reply_bytes(usize::MAX));
        Self { stream, number, tape, sent: Vec::new(), replies, open: VecDeque::new() }
    }

    fn hear_sent(&mut self, bytes: &[u8]) {
        self.sent.extend_from_slice(bytes);
        while let Some(request) = cut_request(&mut self.sent) {
            let place = self.tape.request(self.number, &request);
            if !is_farewell(&request) {
                self.open.push_back(place);
            }
        }
    }

    fn hear_received(&mut self, bytes: &[u8]) {
        self.replies.push(bytes);
        while let Some(place) = self.open.front().copied() {
            match self.replies.next_reply() {
                Ok(Some(reply)) => {
                    self.tape.reply(place, &reply);
                    self.tape.reply(place, crate::frame::END);
                    self.open.pop_front();
                }
                Ok(None) => return,
                // What is no reply belongs to the oldest open request, up to the end of the connection.
                Err(_) => return self.keep_rest(),
            }
        }
    }

    /// Records what has come of a reply that has no end.
    fn keep_rest(&mut self) {
        let rest = std::mem::take(self.replies.buffer_mut());
        if let Some(place) = self.open.front() {
            self.tape.reply(*place, &rest);
        }
    }
}

impl Drop for Tapped {
    fn drop(&mut self) {
        self.keep_rest();
    }
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Some(new) = buffer.filled().get(before..) {
            self.hear_received(new);
        }
        read
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = &written
            && let Some(new) = bytes.get(..*count)
        {
            self.hear_sent(new);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
