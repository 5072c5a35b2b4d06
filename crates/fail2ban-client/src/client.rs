//! The async client: one connection, which all commands share and which is remade when it is lost.

mod actions;
mod bans;
mod bulk;
mod call;
mod check;
mod connection;
mod connector;
mod filters;
mod jails;
mod options;
mod reach;
mod refusal;
mod reload;
mod running;
mod server;
mod snapshot;
mod state;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, watch};

pub use bulk::{Bulk, Progress};
pub use connector::{ByteStream, Connecting, Connector, UnixConnector, connect_with};
pub use options::Options;
pub use reload::{ReloadOptions, Reloaded};
pub use snapshot::Snapshot;
pub use state::{ConnectionState, ConnectionWatch};

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
/// println!("{}; now {} bans", client.ban(&jail, &[address]).await?, client.banned(&jail).await?.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    connector: Box<dyn Connector>,
    options: Options,
    /// The idle connection. Whoever works takes it out, and puts it back only in good order.
    slot: Mutex<Option<Connection>>,
    generation: AtomicU64,
    state: watch::Sender<ConnectionState>,
}

impl Client {
    /// Where fail2ban has its socket unless it is configured otherwise.
    pub const DEFAULT_SOCKET: &'static str = "/var/run/fail2ban/fail2ban.sock";

    /// A client of the server at this socket, with the default limits and time-outs.
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self::with_options(socket, Options::default())
    }

    /// A client of the server at this socket, with its own limits and time-outs.
    pub fn with_options(socket: impl Into<PathBuf>, options: Options) -> Self {
        Self::with_connector(UnixConnector::new(socket), options)
    }

    /// A client that reaches its server in its own way.
    pub fn with_connector(connector: impl Connector, options: Options) -> Self {
        let inner = Inner {
            connector: Box::new(connector),
            options,
            slot: Mutex::new(None),
            generation: AtomicU64::new(0),
            state: watch::Sender::new(ConnectionState::Idle),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What messages call the server: the path of its socket, or what the connector says.
    pub fn server(&self) -> String {
        self.inner.connector.server()
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
            self.inner.state.send_replace(ConnectionState::Idle);
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.server())
            .field("options", &self.inner.options)
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}
