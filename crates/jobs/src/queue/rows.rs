//! Reads the queue: the last runs of each job, and how many have not ended.

use std::collections::BTreeMap;

use bangui_domain::model::{JobRun, JobRunState, JobTrigger, Timestamp};
use sqlx::FromRow;

use super::report::{Outcome, read};
use super::{JobStorage, QueueError, Ticket};

/// A row of the queue on either database; times in milliseconds.
#[derive(FromRow)]
struct Row {
    id: String,
    job_type: String,
    job: Vec<u8>,
    status: String,
    attempts: i64,
    max_attempts: i64,
    locked: Option<i64>,
    result: Option<String>,
}

/// The newest runs of each job, newest first. Ids grow with time.
const SQLITE: &str = "SELECT id, job_type, job, status, attempts, max_attempts, lock_at * 1000 AS locked, \
     last_result AS result FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY job_type ORDER BY id DESC) AS place FROM Jobs) \
     WHERE place <= ?1 ORDER BY id DESC";
const POSTGRES: &str = "SELECT id, job_type, job, status, attempts::bigint AS attempts, \
     max_attempts::bigint AS max_attempts, (extract(epoch FROM lock_at) * 1000)::bigint AS locked, \
     last_result::text AS result FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY job_type ORDER BY id DESC) AS place \
     FROM apalis.jobs) AS ranked WHERE place <= $1 ORDER BY id DESC";

/// What has not ended.
const OPEN: &str =
    "status IN ('Pending', 'Queued', 'Running') OR (status = 'Failed' AND attempts < max_attempts)";

impl JobStorage {
    /// The last `most` runs of each job, newest first.
    pub(crate) async fn runs(&self, most: u32) -> Result<BTreeMap<String, Vec<JobRun>>, QueueError> {
        let rows: Vec<Row> = match self {
            Self::Sqlite(pool) => sqlx::query_as(SQLITE).bind(i64::from(most)).fetch_all(pool).await?,
            Self::Postgres(pool) => sqlx::query_as(POSTGRES).bind(i64::from(most)).fetch_all(pool).await?,
        };
        let mut runs: BTreeMap<String, Vec<JobRun>> = BTreeMap::new();
        for row in rows {
            runs.entry(row.job_type.clone()).or_default().push(run(row));
        }
        Ok(runs)
    }

    /// How many queued runs of each job have not ended.
    pub(crate) async fn pending(&self) -> Result<BTreeMap<String, u64>, QueueError> {
        let counts: Vec<(String, i64)> = match self {
            Self::Sqlite(pool) => {
                let text = format!("SELECT job_type, COUNT(*) FROM Jobs WHERE {OPEN} GROUP BY job_type");
                sqlx::query_as(sqlx::AssertSqlSafe(text)).fetch_all(pool).await?
            }
            Self::Postgres(pool) => {
                let text =
                    format!("SELECT job_type, COUNT(*) FROM apalis.jobs WHERE {OPEN} GROUP BY job_type");
                sqlx::query_as(sqlx::AssertSqlSafe(text)).fetch_all(pool).await?
            }
        };
        Ok(counts.into_iter().map(|(job, count)| (job, u64::try_from(count).unwrap_or(0))).collect())
    }
}

fn run(row: Row) -> JobRun {
    let tries = u32::try_from(row.attempts).unwrap_or(0);
    let state = match row.status.as_str() {
        "Pending" if tries == 0 => JobRunState::Waiting,
        "Queued" | "Running" => JobRunState::Running,
        "Done" => JobRunState::Done,
        "Pending" => JobRunState::Retrying,
        "Failed" if row.attempts < row.max_attempts => JobRunState::Retrying,
        _ => JobRunState::Failed,
    };
    let ticket = serde_json::from_slice::<Ticket>(&row.job).ok();
    let locked = row.locked.map(Timestamp::from_millis);
    let (started_at, took_millis, error) = match read(row.result.as_deref()) {
        _ if state == JobRunState::Running => (locked, None, None),
        Outcome::Reported(report) => (Some(report.started_at), Some(report.took_millis), report.error),
        Outcome::Said(error) => (locked, None, Some(error)),
        Outcome::Nothing => (locked, None, None),
    };
    JobRun {
        trigger: ticket.as_ref().map_or(JobTrigger::Schedule, Ticket::trigger),
        due_at: ticket.as_ref().map(Ticket::due).or(locked).unwrap_or(Timestamp::from_millis(0)),
        id: Some(row.id),
        started_at,
        took_millis,
        state,
        // The row counts those that have ended.
        attempts: tries + u32::from(state == JobRunState::Running),
        max_attempts: u32::try_from(row.max_attempts).unwrap_or(1),
        error,
    }
}
