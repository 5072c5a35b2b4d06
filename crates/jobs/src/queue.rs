//! Where jobs are queued: apalis on SQLite (a file of its own beside BanGUI's) or in PostgreSQL.

mod error;
mod keep;
mod pending;
mod push;
pub(crate) mod report;
mod rows;
mod ticket;

use std::path::Path;
use std::time::Duration;

use apalis_postgres::{PgPool, PostgresStorage};
use apalis_sqlite::{SqlitePool, SqliteStorage};
use sqlx::Executor as _;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

pub use error::QueueError;
pub(crate) use keep::worker_prefix;
pub use pending::{pending_postgres, pending_sqlite};
pub(crate) use ticket::Ticket;

/// Connections that the queue may hold.
const CONNECTIONS: u32 = 4;
/// How long to wait for one.
const PATIENCE: Duration = Duration::from_secs(10);
/// PostgreSQL ends a transaction of ours that is silent for so long: a process that was stopped in the middle of one must not
/// keep its locks on runs from the next holder of the scheduler lock.
const NO_IDLE: &str = "SET idle_in_transaction_session_timeout = '10s'";

/// The queue. Cheap to clone.
#[derive(Debug, Clone)]
pub enum JobStorage {
    /// In a file.
    Sqlite(SqlitePool),
    /// In a database that replicas share.
    Postgres(PgPool),
}

impl JobStorage {
    /// Opens the queue in the file at `path`, and makes it if it is not there. The caller has seen to the file's mode.
    pub async fn sqlite(path: &Path) -> Result<Self, QueueError> {
        let place = path.display().to_string();
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await
            .map_err(|source| QueueError::Open { place: place.clone(), source })?;
        SqliteStorage::migrations()
            .run(&pool)
            .await
            .map_err(|source| QueueError::Migrate { place, source })?;
        Ok(Self::Sqlite(pool))
    }

    /// Opens the queue in the PostgreSQL database at `url`.
    pub async fn postgres(url: &str) -> Result<Self, QueueError> {
        let place = "PostgreSQL".to_owned();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| Box::pin(async { connection.execute(NO_IDLE).await.map(drop) }))
            .connect(url)
            .await
            .map_err(|source| QueueError::Open { place: place.clone(), source })?;
        PostgresStorage::migrations()
            .run(&pool)
            .await
            .map_err(|source| QueueError::Migrate { place, source })?;
        Ok(Self::Postgres(pool))
    }

    /// Lets go of all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// The queue of one job on SQLite. A run is fetched only by a worker that begins it at once, so it need not be locked once
/// more.
pub(crate) fn sqlite_queue(pool: &SqlitePool, name: &str) -> SqliteStorage<Ticket> {
    let config = apalis_sqlite::Config::default().queue(name).batch_size(1).lock_tasks(false);
    SqliteStorage::new(pool).with_config(config)
}

/// The queue of one job on PostgreSQL.
pub(crate) fn postgres_queue(pool: &PgPool, name: &str) -> PostgresStorage<Ticket> {
    let config = apalis_postgres::Config::default().queue(name).batch_size(1).lock_tasks(false);
    PostgresStorage::new(pool).with_config(config)
}
