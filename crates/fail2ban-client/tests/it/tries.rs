//! A connector around another: counts, and is polite to the other tasks of its thread.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use fail2ban_client::{ByteStream, Connecting, Connector};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::yield_now;

/// Counts the tries, and lets the other tasks have their turn before each, and before each request: so that a watcher sees
/// every state.
#[derive(Clone)]
pub(crate) struct Tries<C> {
    inner: C,
    count: Arc<AtomicUsize>,
}

impl<C: Connector> Tries<C> {
    pub(crate) fn new(inner: C) -> Self {
        Self { inner, count: Arc::default() }
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl<C: Connector> Connector for Tries<C> {
    fn connect(&self) -> Connecting<'_> {
        Box::pin(async {
            yield_now().await;
            self.count.fetch_add(1, Ordering::Relaxed);
            let stream: Box<dyn ByteStream> =
                Box::new(Polite { stream: self.inner.connect().await?, turn: false });
            Ok(stream)
        })
    }

    fn server(&self) -> String {
        self.inner.server()
    }
}

struct Polite {
    stream: Box<dyn ByteStream>,
    /// Whether the others have had theirs.
    turn: bool,
}

impl AsyncRead for Polite {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Polite {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.turn = !self.turn;
        if self.turn {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
