//! The background jobs, for those who look at them and start them by hand.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{JobRun, JobStatus};

/// Shows all jobs, and starts one out of turn. Every process on the database gives the same answer.
#[async_trait]
pub trait JobBoard: Send + Sync {
    /// All jobs, in a fixed order.
    async fn jobs(&self) -> Result<Vec<JobStatus>, StoreError>;

    /// Queues a run of `job` for the user `by`; it begins as soon as the process that holds the scheduler lock looks,
    /// within seconds. A run that somebody has asked for and that has not begun stands for this one too. `None` if
    /// there is no such job.
    async fn run_now(&self, job: &str, by: &str) -> Result<Option<JobRun>, StoreError>;
}
