//! One connection: sends requests, reads replies, says good-bye. Knows whether it is in good order, not what is sent
//! nor how it was made.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead as _, AsyncReadExt as _, AsyncWrite as _, AsyncWriteExt as _, ReadBuf};
use tokio::time::{Instant, timeout, timeout_at};

use super::connector::ByteStream;
use crate::codec::{DecodeError, Limits};
use crate::frame::{CLOSE, END, ReplyReader};
use crate::types::Version;

/// What is read at once; the server writes 64 KiB at a time.
const CHUNK: usize = 64 << 10;

pub(super) struct Connection {
    stream: Box<dyn ByteStream>,
    reader: ReplyReader,
    /// Between two exchanges: nothing is half sent, and no reply is outstanding.
    idle: bool,
    /// The server's version, once it was asked.
    pub(super) version: Option<Version>,
    /// Commands that this server has said it does not know, by their syntax.
    pub(super) lacks: BTreeSet<&'static str>,
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
    /// Whether a whole request may have been handed over: only then can it have been carried out.
    pub(super) sent: bool,
    /// How many bytes of the reply had come.
    pub(super) received: usize,
}

impl Connection {
    pub(super) fn new(stream: Box<dyn ByteStream>, limits: Limits) -> Self {
        let reader = ReplyReader::new(limits);
        Self { stream, reader, idle: true, version: None, lacks: BTreeSet::new() }
    }

    /// Whether the server has closed the connection meanwhile, or sent what nobody asked for.
    pub(super) async fn is_stale(&mut self) -> bool {
        if self.reader.pending() > 0 || !self.idle {
            return true;
        }
        let mut byte = [0];
        poll_fn(|context| {
            let mut buffer = ReadBuf::new(&mut byte);
            let read = Pin::new(&mut self.stream).poll_read(context, &mut buffer);
            Poll::Ready(read.is_ready())
        })
        .await
    }

    /// Sends sealed requests in one go and reads as many replies. Dropping the future leaves the connection in
    /// disorder; so does every error.
    pub(super) async fn exchange(
        &mut self,
        requests: &[u8],
        replies: usize,
        reply_timeout: Duration,
        write_timeout: Duration,
    ) -> Result<Vec<Bytes>, Failure> {
        self.idle = false;
        let failure = |fault, sent, received| Failure { fault, sent, received };
        let handed_over = async {
            self.stream.write_all(requests).await?;
            self.stream.flush().await
        };
        // Of several requests, the first ones may have been taken.
        let perhaps = replies > 1;
        match timeout(write_timeout, handed_over).await {
            Err(_) => return Err(failure(Fault::Late("take the request", write_timeout), perhaps, 0)),
            Ok(Err(error)) => return Err(failure(Fault::Lost(Some(error)), perhaps, 0)),
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
            self.stream.flush().await?;
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
            let mut context = Context::from_waker(Waker::noop());
            match Pin::new(&mut self.stream).poll_write(&mut context, &farewell) {
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => tracing::trace!(%error, "no good-bye to fail2ban"),
                Poll::Pending => tracing::trace!("no room for a good-bye to fail2ban"),
            }
        }
    }
}
