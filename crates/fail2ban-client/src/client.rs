//! The async client: one connection to the Unix socket, which all commands share and which is remade when it is lost.

mod bans;
mod call;
mod connection;
mod jails;
mod options;
mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

pub use options::Options;

use connection::Connection;

/// A client of one fail2ban server. Cheap to clone; clones share the connection, and their commands wait for one
/// another. One per server is enough: the server works off one command at a time, and 1,019 connections end it.
///
/// Nothing is connected before the first command. A command whose future is dropped, or whose time is over, takes the
/// connection along, so that no reply can reach another command; the next command makes a new one. A client belongs
/// to the tokio runtime on which it is used first.
///
/// # Example
/// ```no_run
/// use fail2ban_client::{Address, Client, JailName};
///
/// # async fn example() -> Result<(), fail2ban_client::Error> {
/// let client = Client::new("/var/run/fail2ban/fail2ban.sock");
/// println!("fail2ban {}", client.version().await?);
/// let jail = JailName::new("sshd")?;
/// let address: Address = "2001:db8::7".parse()?;
/// let new = client.ban(&jail, &[address]).await?;
/// println!("{new} new; now {} bans", client.banned(&jail).await?.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    options: Options,
    /// The idle connection. Whoever works takes it out, and puts it back only in good order.
    slot: Mutex<Option<Connection>>,
    generation: AtomicU64,
}

impl Client {
    /// Where fail2ban has its socket unless it is configured otherwise.
    pub const DEFAULT_SOCKET: &'static str = "/var/run/fail2ban/fail2ban.sock";

    /// A client of the server at this socket, with the default limits and time-outs.
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self::with_options(socket, Options::default())
    }

    /// A client with its own limits and time-outs.
    pub fn with_options(socket: impl Into<PathBuf>, options: Options) -> Self {
        let inner =
            Inner { path: socket.into(), options, slot: Mutex::new(None), generation: AtomicU64::new(0) };
        Self { inner: Arc::new(inner) }
    }

    /// The path of the socket.
    pub fn socket(&self) -> &Path {
        &self.inner.path
    }

    /// The limits and time-outs.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }

    /// How many connections were made so far. Another number than before means that the connection was remade, and
    /// perhaps the server restarted: counters start anew then.
    pub fn generation(&self) -> u64 {
        self.inner.generation.load(Ordering::Acquire)
    }

    /// Says good-bye to the server and closes the connection, after the command that runs. The next command makes a
    /// new one.
    pub async fn close(&self) {
        let idle = self.inner.slot.lock().await.take();
        if let Some(connection) = idle {
            connection.close(self.inner.options.connect_timeout).await;
        }
    }
}
