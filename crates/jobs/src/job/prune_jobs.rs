//! Deletes old runs from the queue, once an hour: apalis keeps them for ever.

use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::chain;
use bangui_domain::model::Fence;

use super::{Job, JobError, JobSpec, When};
use crate::queue::JobStorage;

/// Prunes the queue.
pub struct PruneJobs {
    storage: JobStorage,
}

impl PruneJobs {
    /// Prunes `storage`.
    pub fn new(storage: JobStorage) -> Self {
        Self { storage }
    }
}

#[async_trait]
impl Job for PruneJobs {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "prune_jobs",
            about: "deletes old runs from the job queue",
            when: When::Cron("0 17 * * * *"),
            max_attempts: 3,
            timeout: Duration::from_mins(2),
        }
    }

    async fn run(&self, _fence: Option<Fence>) -> Result<(), JobError> {
        let pruned = self.storage.prune().await.map_err(|error| JobError::Retry(chain(&error)))?;
        if pruned > 0 {
            tracing::info!(pruned, "old runs deleted from the job queue");
        }
        Ok(())
    }
}
