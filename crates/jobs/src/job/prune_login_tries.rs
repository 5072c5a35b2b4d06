//! Forgets counted tries to log in that are too old to matter, every ten minutes, and keeps their number bounded
//! while somebody tries names or addresses without end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::chain;
use bangui_domain::model::Fence;
use bangui_domain::ports::TryStore;

use super::{Job, JobError, JobSpec, When, held};

/// Addresses, and accounts, that are remembered at most: those used last.
const REMEMBERED: u32 = 20_000;

/// Prunes tries to log in.
pub struct PruneLoginTries {
    tries: Arc<dyn TryStore>,
}

impl PruneLoginTries {
    /// Prunes `tries`.
    pub fn new(tries: Arc<dyn TryStore>) -> Self {
        Self { tries }
    }
}

#[async_trait]
impl Job for PruneLoginTries {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "prune_login_tries",
            about: "forgets wrong logins that no longer matter",
            when: When::Cron("30 */10 * * * *"),
            max_attempts: 3,
            timeout: Duration::from_mins(1),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        let pruned = self.tries.prune(held(fence)?, REMEMBERED).await;
        let pruned = pruned.map_err(|error| JobError::Retry(chain(&error)))?;
        if pruned > 0 {
            tracing::debug!(pruned, "counted tries to log in forgotten");
        }
        Ok(())
    }
}
