//! How a client reaches its server: over a Unix socket, or over any stream of bytes that a caller brings. Knows
//! nothing of what is sent.

use std::fmt;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;

use crate::error::Error;

/// A connection to a server: any stream of bytes.
pub trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

/// A connection that is being made.
pub type Connecting<'a> = Pin<Box<dyn Future<Output = io::Result<Box<dyn ByteStream>>> + Send + 'a>>;

/// Makes connections to one server. [`UnixConnector`] is the one for fail2ban's own socket; others reach it through a
/// TCP forward, SSH, or a pipe in memory. Whatever it is: who may connect is root on fail2ban's host.
pub trait Connector: Send + Sync + 'static {
    /// Opens a connection. The client limits the time and tries again where that makes sense: after
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) at once and always, after other errors as [`Options::reconnect_for`]
    /// says.
    ///
    /// [`Options::reconnect_for`]: super::Options::reconnect_for
    fn connect(&self) -> Connecting<'_>;

    /// What messages call the server, such as the path of its socket.
    fn server(&self) -> String;

    /// What an error of [`Connector::connect`] means.
    fn explain(&self, error: io::Error) -> Error {
        Error::Connect { server: self.server(), source: error }
    }
}

/// The Unix socket of a server on this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnixConnector {
    path: PathBuf,
}

impl UnixConnector {
    /// The socket at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Connector for UnixConnector {
    fn connect(&self) -> Connecting<'_> {
        Box::pin(async {
            let stream: Box<dyn ByteStream> = Box::new(UnixStream::connect(&self.path).await?);
            Ok(stream)
        })
    }

    fn server(&self) -> String {
        self.path.display().to_string()
    }

    fn explain(&self, error: io::Error) -> Error {
        let path = self.path.clone();
        match error.kind() {
            io::ErrorKind::NotFound => Error::SocketMissing { path },
            io::ErrorKind::PermissionDenied => Error::PermissionDenied { path },
            // A plain file refuses as a dead socket does.
            io::ErrorKind::ConnectionRefused if !is_socket(&path) => Error::NotASocket { path },
            io::ErrorKind::ConnectionRefused => Error::NobodyListens { path },
            _ => Error::Connect { server: self.server(), source: error },
        }
    }
}

/// Where the file has gone in between, it was one.
fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).map_or(true, |data| data.file_type().is_socket())
}

/// A connector from a function that opens a connection.
///
/// ```no_run
/// use fail2ban_client::{Client, Options, connect_with};
/// use tokio::net::TcpStream;
///
/// let tunnel = connect_with("the tunnel at 127.0.0.1:7000", || TcpStream::connect("127.0.0.1:7000"));
/// let client = Client::with_connector(tunnel, Options::default());
/// ```
pub fn connect_with<F, C, S>(server: impl Into<String>, open: F) -> impl Connector
where
    F: Fn() -> C + Send + Sync + 'static,
    C: Future<Output = io::Result<S>> + Send + 'static,
    S: ByteStream + 'static,
{
    Opened { server: server.into(), open }
}

struct Opened<F> {
    server: String,
    open: F,
}

impl<F, C, S> Connector for Opened<F>
where
    F: Fn() -> C + Send + Sync + 'static,
    C: Future<Output = io::Result<S>> + Send + 'static,
    S: ByteStream + 'static,
{
    fn connect(&self) -> Connecting<'_> {
        let opening = (self.open)();
        Box::pin(async {
            let stream: Box<dyn ByteStream> = Box::new(opening.await?);
            Ok(stream)
        })
    }

    fn server(&self) -> String {
        self.server.clone()
    }
}

impl fmt::Debug for dyn Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connector").field(&self.server()).finish()
    }
}
