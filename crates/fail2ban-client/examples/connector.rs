//! Reaches fail2ban in ways of one's own: through TCP, and through a stream that counts its bytes:
//! `cargo run --example connector [SOCKET | tcp:HOST:PORT]`. For a try, bring the socket to TCP with
//! `socat TCP-LISTEN:7000,bind=127.0.0.1,fork UNIX-CONNECT:/var/run/fail2ban/fail2ban.sock`: whoever reaches that port is
//! root on fail2ban's host.
#![expect(clippy::print_stderr, reason = "an error is for whoever started this")]

use std::error::Error;
use std::io::{self, Write};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use fail2ban_client::{ByteStream, Client, Connecting, Connector, Options, UnixConnector, connect_with};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args, &mut io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

pub(crate) async fn run(args: &[String], out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let place = args.first().map_or(Client::DEFAULT_SOCKET, String::as_str);
    match place.strip_prefix("tcp:") {
        // A function that opens a stream is all that it takes.
        Some(address) => {
            let address = address.to_owned();
            ask(connect_with(place, move || TcpStream::connect(address.clone())), out).await
        }
        None => ask(UnixConnector::new(place), out).await,
    }
}

async fn ask(way: impl Connector, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let (sent, received) = (Arc::default(), Arc::default());
    let counted = Counted { way, sent: Arc::clone(&sent), received: Arc::clone(&received) };
    let client = Client::with_connector(counted, Options::default());
    writeln!(out, "fail2ban {} at {}", client.version().await?, client.server())?;
    writeln!(out, "{} jails", client.jails().await?.len())?;
    client.close().await;
    let (sent, received) = (sent.load(Ordering::Relaxed), received.load(Ordering::Relaxed));
    writeln!(out, "{sent} bytes sent, {received} received")?;
    Ok(())
}

/// A connector around another: it brings the same connections, in a wrapping.
struct Counted<C> {
    way: C,
    sent: Arc<AtomicUsize>,
    received: Arc<AtomicUsize>,
}

impl<C: Connector> Connector for Counted<C> {
    fn connect(&self) -> Connecting<'_> {
        Box::pin(async {
            let stream = self.way.connect().await?;
            let (sent, received) = (Arc::clone(&self.sent), Arc::clone(&self.received));
            let counting: Box<dyn ByteStream> = Box::new(Counting { stream, sent, received });
            Ok(counting)
        })
    }

    fn server(&self) -> String {
        self.way.server()
    }

    /// Whoever made the connection knows best why there is none.
    fn explain(&self, error: io::Error) -> fail2ban_client::Error {
        self.way.explain(error)
    }
}

/// A stream that is read and written as tokio's are is a [`ByteStream`].
struct Counting {
    stream: Box<dyn ByteStream>,
    sent: Arc<AtomicUsize>,
    received: Arc<AtomicUsize>,
}

impl AsyncRead for Counting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.received.fetch_add(buffer.filled().len() - before, Ordering::Relaxed);
        read
    }
}

impl AsyncWrite for Counting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = &written {
            self.sent.fetch_add(*count, Ordering::Relaxed);
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
