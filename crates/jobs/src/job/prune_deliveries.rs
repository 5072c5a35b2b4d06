//! Forgets deliveries that ended a month ago, every hour, a few hundred at a time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::Fence;
use bangui_domain::service::Courier;

use super::notify::failed;
use super::{Job, JobError, JobSpec, When, held};

/// Prunes the log of deliveries.
pub struct PruneDeliveries {
    courier: Arc<Courier>,
}

impl PruneDeliveries {
    /// Prunes through `courier`.
    pub fn new(courier: Arc<Courier>) -> Self {
        Self { courier }
    }
}

#[async_trait]
impl Job for PruneDeliveries {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "prune_deliveries",
            about: "forgets messages that were sent or given up 30 days ago",
            when: When::Cron("15 23 * * * *"),
            max_attempts: 3,
            timeout: Duration::from_mins(5),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        let fence = held(fence)?;
        while self.courier.forget(fence).await.map_err(|error| failed(&error))? {}
        Ok(())
    }
}
