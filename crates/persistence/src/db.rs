//! The database: a pool of readers, a way to write, and the bounds on both. Knows no table.

pub(crate) mod connect;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bangui_domain::ports::StoreError;
use diesel::r2d2::Pool;
use tokio::sync::Semaphore;

use crate::connection::{AnyConnection, Opener, TxError, in_write_tx};
use crate::fault::store_error;
use crate::history::Memory;
use crate::lease::LockFile;
use crate::location::Location;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbKind {
    /// One file on this machine.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// How the database is opened.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// Whether a missing SQLite file is made. PostgreSQL databases are never made.
    pub create: bool,
    /// Connections that read at the same time (on PostgreSQL: all connections).
    pub connections: u32,
    /// How long a PostgreSQL server that does not answer is tried before giving up.
    pub connect_wait: Duration,
    /// How long a query waits for a free connection before it fails as busy.
    pub busy_wait: Duration,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self {
            create: false,
            connections: 4,
            connect_wait: Duration::from_secs(30),
            busy_wait: Duration::from_secs(15),
        }
    }
}

/// BanGUI's database. Cheap to clone; all clones share the connections. Every statement runs on tokio's blocking
/// threads, at most as many at once as there are connections.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    location: Arc<Location>,
    readers: Lane,
    /// One connection on SQLite, which has one writer at a time; the readers' own on PostgreSQL.
    writers: Lane,
    busy_wait: Duration,
    memory: Arc<Memory>,
    /// The operating system's lock; `None` on PostgreSQL, whose processes may run on any host.
    lock_file: Option<Arc<LockFile>>,
}

/// Connections, and as many permits as there are of them, so that no blocking thread waits for one.
#[derive(Clone)]
struct Lane {
    pool: Pool<Opener>,
    permits: Arc<Semaphore>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Db").field(&self.shared.location.shown()).finish()
    }
}

impl Db {
    /// Which database it is.
    pub fn kind(&self) -> DbKind {
        self.shared.location.kind()
    }

    /// The SQLite file; `None` on PostgreSQL.
    pub fn sqlite_path(&self) -> Option<&Path> {
        match &*self.shared.location {
            Location::Sqlite(path) => Some(path),
            Location::Postgres(_) => None,
        }
    }

    /// Where it is, for messages: a path, or host and database. Holds no secret.
    pub fn place(&self) -> String {
        self.shared.location.shown().into_owned()
    }

    /// What is remembered of the history.
    pub(crate) fn memory(&self) -> Arc<Memory> {
        Arc::clone(&self.shared.memory)
    }

    /// The operating system's lock beside the file; `None` on PostgreSQL.
    pub(crate) fn lock_file(&self) -> Option<Arc<LockFile>> {
        self.shared.lock_file.clone()
    }

    pub(crate) fn location(&self) -> Arc<Location> {
        Arc::clone(&self.shared.location)
    }

    /// Runs statements that only read.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        body: impl FnOnce(&mut AnyConnection) -> Result<T, TxError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(&self.shared.readers, body).await
    }

    /// Runs statements in one transaction that writes. `body` may run more than once.
    pub(crate) async fn write_tx<T: Send + 'static>(
        &self,
        body: impl FnMut(&mut AnyConnection) -> Result<T, TxError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(&self.shared.writers, move |connection| in_write_tx(connection, body)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        lane: &Lane,
        body: impl FnOnce(&mut AnyConnection) -> Result<T, TxError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = tokio::time::timeout(self.shared.busy_wait, Arc::clone(&lane.permits).acquire_owned());
        let Ok(Ok(permit)) = permit.await else { return Err(StoreError::Busy) };
        let pool = lane.pool.clone();
        // What is logged over there belongs to the same request.
        let span = tracing::Span::current();
        let outcome = tokio::task::spawn_blocking(move || {
            let _within = span.entered();
            let mut connection = pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))?;
            let outcome = body(&mut connection).map_err(StoreError::from);
            drop(connection);
            drop(permit);
            outcome
        });
        outcome.await.unwrap_or_else(|error| Err(StoreError::Backend(Box::new(error))))
    }
}

/// A row that may be missing.
pub(crate) fn optional<T>(result: Result<T, diesel::result::Error>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(diesel::result::Error::NotFound) => Ok(None),
        Err(error) => Err(store_error(error)),
    }
}

/// How many rows a statement has touched.
pub(crate) fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
