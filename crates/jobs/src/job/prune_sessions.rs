//! Deletes sessions that have ended or were not used for too long, once an hour.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::chain;
use bangui_domain::model::Fence;
use bangui_domain::ports::{Clock, SessionStore};

use super::{Job, JobError, JobSpec, When, held};

/// Prunes sessions.
pub struct PruneSessions {
    sessions: Arc<dyn SessionStore>,
    clock: Arc<dyn Clock>,
    idle: Duration,
}

impl PruneSessions {
    /// Prunes what ended, or was not used for `idle`.
    pub fn new(sessions: Arc<dyn SessionStore>, clock: Arc<dyn Clock>, idle: Duration) -> Self {
        Self { sessions, clock, idle }
    }
}

#[async_trait]
impl Job for PruneSessions {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "prune_sessions",
            about: "deletes sessions that have ended",
            when: When::Cron("0 7 * * * *"),
            max_attempts: 3,
            timeout: Duration::from_mins(1),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        let fence = held(fence)?;
        let now = self.clock.now();
        let idle = i64::try_from(self.idle.as_millis()).unwrap_or(i64::MAX);
        let pruned = self
            .sessions
            .prune(fence, now, now.plus_millis(idle.saturating_neg()))
            .await
            .map_err(|error| JobError::Retry(chain(&error)))?;
        if pruned > 0 {
            tracing::info!(pruned, "ended sessions deleted");
        }
        Ok(())
    }
}
