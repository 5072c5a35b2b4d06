//! Where jobs are queued: apalis on SQLite (a file of its own beside BanGUI's) or in PostgreSQL.

mod ticket;

use std::path::Path;
use std::time::Duration;

use apalis::prelude::{TaskBuilder, TaskSink, TaskSinkError};
use apalis_postgres::{PgPool, PostgresStorage};
use apalis_sqlite::{SqlitePool, SqliteStorage};
use bangui_domain::model::Timestamp;
use sqlx::error::DatabaseError;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use thiserror::Error;

pub(crate) use ticket::Ticket;

/// Connections that the queue may hold.
const CONNECTIONS: u32 = 4;
/// How long to wait for one.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the queue is looked at for due jobs.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Why the queue does not work.
#[derive(Debug, Error)]
pub enum QueueError {
    /// It could not be opened.
    #[error("the job queue in {place} cannot be opened: {source}")]
    Open {
        /// The file, or `PostgreSQL`.
        place: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// Its tables could not be made.
    #[error(
        "the tables of the job queue in {place} cannot be made: {source}. On PostgreSQL the role needs CREATE on \
         the database and the extensions pgcrypto and hstore; `bangui migrate` can run under another role."
    )]
    Migrate {
        /// The file, or `PostgreSQL`.
        place: String,
        /// Why.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
    /// A statement failed.
    #[error("the job queue failed: {0}")]
    Statement(String),
}

/// The queue. Cheap to clone.
#[derive(Debug, Clone)]
pub enum JobStorage {
    /// In a file.
    Sqlite(SqlitePool),
    /// In a database that replicas share.
    Postgres(PgPool),
}

impl JobStorage {
    /// Opens the queue in the file at `path`, and makes it if it is not there.
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
            .connect(url)
            .await
            .map_err(|source| QueueError::Open { place: place.clone(), source })?;
        PostgresStorage::migrations()
            .run(&pool)
            .await
            .map_err(|source| QueueError::Migrate { place, source })?;
        Ok(Self::Postgres(pool))
    }

    /// Queues one tick of the job `name`. A tick that is queued already, by whomever, is left as it is.
    pub(crate) async fn push(&self, name: &'static str, tick: i64) -> Result<(), QueueError> {
        let task = TaskBuilder::new(Ticket::new(tick))
            .idempotency_key(format!("{name}@{tick}"))
            .max_attempts(1)
            .build();
        match self {
            Self::Sqlite(pool) => {
                let result = sqlite_queue(pool, name).push_task(task).await;
                result.map_err(|error| QueueError::Statement(error.to_string()))
            }
            Self::Postgres(pool) => match postgres_queue(pool, name).push_task(task).await {
                Err(TaskSinkError::PushError(apalis_postgres::Error::Database(error)))
                    if error.as_database_error().is_some_and(DatabaseError::is_unique_violation) =>
                {
                    Ok(())
                }
                result => result.map_err(|error| QueueError::Statement(error.to_string())),
            },
        }
    }

    /// Deletes runs that were due before `before` and are over, well or badly; answers how many.
    pub(crate) async fn prune(&self, before: Timestamp) -> Result<u64, QueueError> {
        let result = match self {
            Self::Sqlite(pool) => sqlx::query(
                "DELETE FROM Jobs WHERE status IN ('Done', 'Failed', 'Killed') AND run_at < ?1",
            )
            .bind(before.as_secs())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()),
            Self::Postgres(pool) => sqlx::query(
                "DELETE FROM apalis.jobs WHERE status IN ('Done', 'Failed', 'Killed') AND run_at < to_timestamp($1)",
            )
            .bind(before.as_secs())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()),
        };
        result.map_err(|error| QueueError::Statement(error.to_string()))
    }

    /// Lets go of all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// The queue of one job on SQLite.
pub(crate) fn sqlite_queue(pool: &SqlitePool, name: &str) -> SqliteStorage<Ticket> {
    SqliteStorage::new(pool).with_config(apalis_sqlite::Config::default().queue(name).batch_size(1))
}

/// The queue of one job on PostgreSQL.
pub(crate) fn postgres_queue(pool: &PgPool, name: &str) -> PostgresStorage<Ticket> {
    PostgresStorage::new(pool).with_config(apalis_postgres::Config::default().queue(name).batch_size(1))
}
