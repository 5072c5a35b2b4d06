//! Deletes finished runs from the queue, once an hour: apalis keeps them for ever.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::Fence;
use bangui_domain::ports::Clock;

use super::{Job, JobError, JobSpec, When};
use crate::queue::JobStorage;

/// Finished runs are kept for a day.
const KEPT_SECS: i64 = 24 * 3600;

/// Prunes the queue.
pub struct PruneJobs {
    storage: JobStorage,
    clock: Arc<dyn Clock>,
}

impl PruneJobs {
    /// Prunes `storage`.
    pub fn new(storage: JobStorage, clock: Arc<dyn Clock>) -> Self {
        Self { storage, clock }
    }
}

#[async_trait]
impl Job for PruneJobs {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "prune_jobs",
            when: When::Cron("0 17 * * * *"),
            max_attempts: 3,
            timeout: Duration::from_mins(2),
        }
    }

    async fn run(&self, _fence: Option<Fence>) -> Result<(), JobError> {
        let before = self.clock.now().plus_secs(-KEPT_SECS);
        let pruned = self.storage.prune(before).await.map_err(|error| JobError::Retry(error.to_string()))?;
        if pruned > 0 {
            tracing::info!(pruned, "finished runs deleted from the job queue");
        }
        Ok(())
    }
}
