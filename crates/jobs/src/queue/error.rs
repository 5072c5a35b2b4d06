//! Why the queue does not work, and what that is to the domain.

use bangui_domain::ports::StoreError;
use thiserror::Error;

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
    Statement(#[from] sqlx::Error),
    /// A run could not be put into it, for another reason than the database.
    #[error("the job queue took no run: {0}")]
    Push(String),
}

impl From<QueueError> for StoreError {
    fn from(error: QueueError) -> Self {
        match &error {
            QueueError::Statement(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed,
            )
            | QueueError::Open { .. } => Self::Unavailable(error.to_string()),
            // SQLite's "database is locked", and PostgreSQL going down or coming up.
            QueueError::Statement(sqlx::Error::Database(said))
                if said.code().is_some_and(|code| {
                    matches!(&*code, "5" | "261" | "517" | "57P01" | "57P02" | "57P03")
                }) =>
            {
                Self::Unavailable(error.to_string())
            }
            QueueError::Statement(_) | QueueError::Migrate { .. } | QueueError::Push(_) => {
                Self::Backend(Box::new(error))
            }
        }
    }
}
