//! The client for programs without a runtime: the same methods, which wait.

mod bans;
mod server;
mod settings;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;

use tokio::runtime::{Builder, Runtime};

use crate::client::{ConnectionWatch, Connector, Options, ReloadOptions, Reloaded, Snapshot};
use crate::command::Command;
use crate::error::Error;
use crate::stream::{JailCheck, JailStream};
use crate::types::JailName;

pub use bans::Bulk;

/// A client that blocks its thread while the server answers. Has every method of [`crate::Client`], with the same
/// limits, time-outs and reconnecting. Not for use within an async runtime, where it panics.
pub struct Client {
    client: crate::Client,
    runtime: Runtime,
}

impl Client {
    /// A client of the server at this socket, with the default limits and time-outs.
    ///
    /// # Errors
    /// The system gives no event queue.
    pub fn new(socket: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::around(crate::Client::new(socket))
    }

    /// A client of the server at this socket, with its own limits and time-outs.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_options(socket: impl Into<PathBuf>, options: Options) -> Result<Self, Error> {
        Self::around(crate::Client::with_options(socket, options))
    }

    /// A client that reaches its server in its own way.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_connector(connector: impl Connector, options: Options) -> Result<Self, Error> {
        Self::around(crate::Client::with_connector(connector, options))
    }

    fn around(client: crate::Client) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| Error::Connect { server: client.server(), source })?;
        Ok(Self { client, runtime })
    }

    /// Runs a command.
    ///
    /// # Errors
    /// As [`crate::Client::run`].
    pub fn run<T>(&self, command: &Command<T>) -> Result<T, Error> {
        self.wait(self.client.run(command))
    }

    /// Runs commands in one go.
    ///
    /// # Errors
    /// As [`crate::Client::run_all`].
    pub fn run_all<T>(&self, commands: &[Command<T>]) -> Result<Vec<Result<T, Error>>, Error> {
        self.wait(self.client.run_all(commands))
    }

    /// What messages call the server.
    pub fn server(&self) -> String {
        self.client.server()
    }

    /// The limits and time-outs.
    pub fn options(&self) -> &Options {
        self.client.options()
    }

    /// How many connections were made so far.
    pub fn generation(&self) -> u64 {
        self.client.generation()
    }

    /// Follows the connection.
    pub fn connection(&self) -> ConnectionWatch {
        self.client.connection()
    }

    /// Says good-bye to the server and closes the connection.
    pub fn close(&self) {
        self.wait(self.client.close());
    }

    /// Tries a jail's configuration on a scratch jail.
    ///
    /// # Errors
    /// As [`crate::Client::check_jail`].
    pub fn check_jail(&self, stream: &JailStream) -> Result<JailCheck, Error> {
        self.wait(self.client.check_jail(stream))
    }

    /// Reads a running jail as the stream that would make it again.
    ///
    /// # Errors
    /// As [`crate::Client::snapshot_jail`].
    pub fn snapshot_jail(&self, jail: &JailName) -> Result<Snapshot, Error> {
        self.wait(self.client.snapshot_jail(jail))
    }

    /// Gives one jail another configuration, and puts the last good one back where that fails.
    ///
    /// # Errors
    /// As [`crate::Client::reload_jail`].
    pub fn reload_jail(&self, stream: &JailStream, options: ReloadOptions) -> Result<Reloaded, Error> {
        self.wait(self.client.reload_jail(stream, options))
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client").field(&self.client).finish()
    }
}
