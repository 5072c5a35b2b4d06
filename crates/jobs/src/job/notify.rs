//! Turns what happens into messages, every second, where the scheduler lock is. Not queued: what a look misses is found by
//! the next, since it is written down how far the history was looked at.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::Fence;
use bangui_domain::ports::StoreError;
use bangui_domain::service::Notifier;
use bangui_domain::{ServiceError, chain};

use super::{Job, JobError, JobSpec, When};

/// Looks at what rules wait for.
pub struct Notify {
    notifier: Arc<Notifier>,
}

impl Notify {
    /// Looks through `notifier`.
    pub fn new(notifier: Arc<Notifier>) -> Self {
        Self { notifier }
    }
}

#[async_trait]
impl Job for Notify {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "notify",
            about: "turns what happens into messages, as rules say",
            when: When::Every(Duration::from_secs(1)),
            max_attempts: 1,
            timeout: Duration::from_mins(1),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        let Some(fence) = fence else { return Ok(()) };
        match self.notifier.look(fence).await {
            Ok(0) => Ok(()),
            Ok(messages) => {
                tracing::debug!(messages, "messages made");
                Ok(())
            }
            Err(error) => Err(failed(&error)),
        }
    }
}

/// A run without the lock is over; anything else may pass.
pub(super) fn failed(error: &ServiceError) -> JobError {
    match error {
        ServiceError::Store(StoreError::StaleFence) => JobError::Fatal(error.to_string()),
        error => JobError::Retry(chain(error)),
    }
}
