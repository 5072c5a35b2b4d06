//! The stream of a connection. It ends with an error when the client has kept the server waiting for too long, or when its slot
//! is given to another. It ends in order, as if the client had gone, when nothing is asked for too long or while the server
//! stops.

use std::future::Future as _;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::ANSWER;
use crate::alarm::Alarm;
use crate::connection::Connection;
use crate::pace::Pace;

/// A stream that is watched.
pub(crate) struct Watched<S> {
    stream: S,
    connection: Arc<Connection>,
    /// Rings when a head is overdue.
    head: Alarm,
    /// Rings when an answer is taken too slowly.
    answer: Alarm,
    /// The pace of an answer that the client does not take at once.
    pace: Option<Pace>,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl<S> Watched<S> {
    /// Watches `stream` until `stopping` is cancelled.
    pub(crate) fn new(stream: S, connection: Arc<Connection>, stopping: CancellationToken) -> Self {
        Self {
            stream,
            connection,
            head: Alarm::default(),
            answer: Alarm::default(),
            pace: None,
            stopping: Box::pin(stopping.cancelled_owned()),
        }
    }

    /// Whoever works on the stream is woken when something about it changes.
    fn attend(&self, context: &Context<'_>) -> io::Result<()> {
        self.connection.task().register(context.waker());
        if self.connection.is_dropped() {
            return Err(io::Error::new(
                ErrorKind::ConnectionAborted,
                "its slot is given to another connection",
            ));
        }
        Ok(())
    }

    /// An answer, or its end, is not taken.
    fn not_taken<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let pace = self.pace.get_or_insert_with(|| Pace::new(ANSWER));
        self.connection.await_reader(true);
        if self.answer.rings(pace.deadline(), context) {
            return Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, "the answer is not taken")));
        }
        Poll::Pending
    }

    fn taken(&mut self, bytes: usize) {
        if let Some(pace) = &mut self.pace {
            pace.advance(bytes);
        }
    }

    /// Nothing is left to be taken.
    fn all_taken(&mut self) {
        if self.pace.take().is_some() {
            self.connection.await_reader(false);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.attend(context)?;
        // Before reading, too: bytes that come without an end are no head.
        if let Some(deadline) = this.connection.head_deadline()
            && this.head.rings(deadline, context)
        {
            if this.connection.is_idle() {
                return Poll::Ready(Ok(()));
            }
            return Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, "no whole request has come")));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if read.is_ready() && buffer.filled().len() > before {
            this.connection.heard();
        }
        if read.is_pending() && this.stopping.as_mut().poll(context).is_ready() && this.connection.is_idle() {
            return Poll::Ready(Ok(()));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.attend(context)?;
        match Pin::new(&mut this.stream).poll_write(context, bytes) {
            Poll::Ready(written) => {
                if let Ok(count) = written {
                    this.taken(count);
                }
                Poll::Ready(written)
            }
            Poll::Pending => this.not_taken(context),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.attend(context)?;
        match Pin::new(&mut this.stream).poll_flush(context) {
            Poll::Ready(flushed) => {
                this.all_taken();
                Poll::Ready(flushed)
            }
            Poll::Pending => this.not_taken(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.attend(context)?;
        match Pin::new(&mut this.stream).poll_shutdown(context) {
            Poll::Pending => this.not_taken(context),
            ended @ Poll::Ready(_) => ended,
        }
    }
}
