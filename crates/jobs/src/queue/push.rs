//! Puts runs into the queue, each once.

use apalis::prelude::{TaskBuilder, TaskSink, TaskSinkError};
use sqlx::error::DatabaseError;

use super::{JobStorage, QueueError, Ticket, postgres_queue, sqlite_queue};

impl JobStorage {
    /// Queues a run of `job`. One that is queued already under the same key, by whomever, is left as it is.
    pub(crate) async fn push(
        &self,
        job: &'static str,
        ticket: Ticket,
        max_attempts: u32,
    ) -> Result<(), QueueError> {
        let key = ticket.key(job);
        let task = TaskBuilder::new(ticket)
            .idempotency_key(key)
            .max_attempts(usize::try_from(max_attempts).unwrap_or(1))
            // Due since long ago: the queue compares with the database's clock, and this machine's may be ahead of it.
            .run_at_timestamp(0)
            .build();
        match self {
            Self::Sqlite(pool) => match sqlite_queue(pool, job).push_task(task).await {
                Ok(()) => Ok(()),
                Err(TaskSinkError::PushError(apalis_sqlite::Error::Database(error))) => Err(error.into()),
                Err(error) => Err(QueueError::Push(error.to_string())),
            },
            Self::Postgres(pool) => match postgres_queue(pool, job).push_task(task).await {
                Ok(()) => Ok(()),
                Err(TaskSinkError::PushError(apalis_postgres::Error::Database(error))) => {
                    if error.as_database_error().is_some_and(DatabaseError::is_unique_violation) {
                        return Ok(());
                    }
                    Err(error.into())
                }
                Err(error) => Err(QueueError::Push(error.to_string())),
            },
        }
    }
}
