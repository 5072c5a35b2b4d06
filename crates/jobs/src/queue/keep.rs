//! Keeps the queue in order around apalis: what a dead process left behind, what has to wait before its next try, what
//! this process gives back, and what is old. Times are the database's own.

use std::time::Duration;

use bangui_domain::model::Fence;
use sqlx::AssertSqlSafe;

use super::{JobStorage, QueueError};

/// How long runs that have ended are kept, in days.
const KEPT_DAYS: i64 = 7;
/// How long the run of a process that died waits before it is tried again, in seconds.
const RECOVERY_SECS: i64 = 5;
/// What is noted of a try whose process died, or lost the lock.
const DIED: &str = "the process that ran it has ended, or has lost the scheduler lock";
/// What is noted of a try whose end could not be written down.
const WORKER_FAILED: &str = "the queue failed while it ran";

/// The first character behind all digits.
const AFTER_DIGITS: &str = ":";

/// What the names of a holder's workers begin with: text order is the order of the tokens.
pub(crate) fn worker_prefix(fence: Fence) -> String {
    format!("{:020}", fence.0)
}

/// The columns and functions in which the two databases differ.
struct Dialect {
    jobs: &'static str,
    workers: &'static str,
    now: &'static str,
    seconds: fn(i64) -> String,
    result: fn(&str) -> String,
    /// What makes texts compare byte by byte.
    bytes: &'static str,
}

const SQLITE: Dialect = Dialect {
    jobs: "Jobs",
    workers: "Workers",
    now: "unixepoch('now')",
    seconds: |seconds| seconds.to_string(),
    result: |error| format!("'{{\"Err\":\"{error}\"}}'"),
    bytes: "",
};
const POSTGRES: Dialect = Dialect {
    jobs: "apalis.jobs",
    workers: "apalis.workers",
    now: "now()",
    seconds: |seconds| format!("make_interval(secs => {seconds})"),
    result: |error| format!("'{{\"Err\":\"{error}\"}}'::jsonb"),
    bytes: " COLLATE \"C\"",
};

impl JobStorage {
    /// Takes the queue over for a process that has just got the scheduler lock under `fence`: every run that a worker of an
    /// older holder has begun belongs to a process that lost the lock or died, so that its try has failed. One whose tries
    /// are used up ends there. Answers how many there were. A process that has lost the lock meanwhile finds none: what its
    /// successors have begun is theirs.
    pub(crate) async fn take_over(&self, fence: Fence) -> Result<u64, QueueError> {
        let (bytes, first, end) = (self.dialect().bytes, worker_prefix(fence), AFTER_DIGITS);
        // A name that begins otherwise was never given by this version.
        let older = format!("(lock_by{bytes} < $1 OR lock_by{bytes} >= $2)");
        self.abandon(&older, DIED, &[&first, end]).await
    }

    /// The same for the runs of `worker`, which has failed.
    pub(crate) async fn take_over_from(&self, worker: &str) -> Result<u64, QueueError> {
        self.abandon("lock_by = $1", WORKER_FAILED, &[worker]).await
    }

    async fn abandon(&self, which: &str, why: &str, texts: &[&str]) -> Result<u64, QueueError> {
        let Dialect { jobs, now, seconds, result, .. } = self.dialect();
        let statement = format!(
            "UPDATE {jobs} SET attempts = attempts + 1, lock_by = NULL, lock_at = NULL, \
             status = CASE WHEN attempts + 1 >= max_attempts THEN 'Failed' ELSE 'Pending' END, \
             done_at = CASE WHEN attempts + 1 >= max_attempts THEN {now} END, \
             run_at = {now} + {}, last_result = {} WHERE status IN ('Queued', 'Running') AND {which}",
            seconds(RECOVERY_SECS),
            result(why)
        );
        self.execute(statement, texts).await
    }

    /// The try of `worker` at the run `id` has failed: there is another after `pause`, or none.
    pub(crate) async fn after_failure(
        &self,
        id: &str,
        worker: &str,
        pause: Option<Duration>,
    ) -> Result<(), QueueError> {
        let Dialect { jobs, now, seconds, .. } = self.dialect();
        let change = match pause {
            Some(pause) => {
                format!("run_at = {now} + {}", seconds(i64::try_from(pause.as_secs()).unwrap_or(i64::MAX)))
            }
            None => "max_attempts = attempts + 1".to_owned(),
        };
        let text = format!("UPDATE {jobs} SET {change} WHERE id = $1 AND lock_by = $2");
        self.execute(text, &[id, worker]).await.map(drop)
    }

    /// Gives back what `worker` has begun and will not finish, as if it had never been begun.
    pub(crate) async fn give_back(&self, worker: &str) -> Result<u64, QueueError> {
        let jobs = self.dialect().jobs;
        let text = format!(
            "UPDATE {jobs} SET status = 'Pending', lock_by = NULL, lock_at = NULL \
             WHERE lock_by = $1 AND status IN ('Queued', 'Running')"
        );
        self.execute(text, &[worker]).await
    }

    /// Deletes runs that ended long ago, and workers that were not seen for as long; answers how many runs.
    pub(crate) async fn prune(&self) -> Result<u64, QueueError> {
        let Dialect { jobs, workers, now, seconds, .. } = self.dialect();
        let age = seconds(KEPT_DAYS * 24 * 3600);
        let pruned = self
            .execute(
                format!(
                    "DELETE FROM {jobs} WHERE done_at < {now} - {age} AND (status IN ('Done', 'Killed') \
                     OR (status = 'Failed' AND attempts >= max_attempts))"
                ),
                &[],
            )
            .await?;
        self.execute(
            format!(
                "DELETE FROM {workers} WHERE last_seen < {now} - {age} \
                 AND NOT EXISTS (SELECT 1 FROM {jobs} WHERE lock_by = {workers}.id)"
            ),
            &[],
        )
        .await?;
        Ok(pruned)
    }

    fn dialect(&self) -> &'static Dialect {
        match self {
            Self::Sqlite(_) => &SQLITE,
            Self::Postgres(_) => &POSTGRES,
        }
    }

    /// Runs a statement that holds nothing of a user's; `texts` are bound.
    async fn execute(&self, statement: String, texts: &[&str]) -> Result<u64, QueueError> {
        match self {
            Self::Sqlite(pool) => {
                let mut query = sqlx::query(AssertSqlSafe(statement));
                for text in texts {
                    query = query.bind(*text);
                }
                Ok(query.execute(pool).await?.rows_affected())
            }
            Self::Postgres(pool) => {
                let mut query = sqlx::query(AssertSqlSafe(statement));
                for text in texts {
                    query = query.bind(*text);
                }
                Ok(query.execute(pool).await?.rows_affected())
            }
        }
    }
}
