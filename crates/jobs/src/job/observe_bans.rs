//! Looks at fail2ban's bans twice a second, and keeps what it ignores in step with the allowlist. Not queued: a look that was
//! missed is made good by the next.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::Fence;
use bangui_domain::ports::StoreError;
use bangui_domain::service::{AllowService, Observed, Observer, Runtime};
use bangui_domain::{ErrorKind, ServiceError, chain};

use super::{Job, JobError, JobSpec, When};

/// The job's name.
pub(crate) const NAME: &str = "observe_bans";

/// Turns what fail2ban reports into events.
pub struct ObserveBans {
    observer: Arc<Observer>,
    allowlist: Arc<AllowService>,
    runtime: Arc<Runtime>,
    poll_interval: Duration,
}

impl ObserveBans {
    /// Looks through `observer` every `poll_interval`; without the lock only while `runtime` is not fresh.
    pub fn new(
        observer: Arc<Observer>,
        allowlist: Arc<AllowService>,
        runtime: Arc<Runtime>,
        poll_interval: Duration,
    ) -> Self {
        Self { observer, allowlist, runtime, poll_interval }
    }

    /// What the holder of the lock does.
    async fn lead(&self, fence: Fence) -> Result<Observed, ServiceError> {
        let seen = self.observer.look(Some(fence)).await?;
        self.allowlist.upkeep(seen.connection).await?;
        Ok(seen)
    }
}

#[async_trait]
impl Job for ObserveBans {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: NAME,
            about: "turns what fail2ban reports into events",
            when: When::Every(self.poll_interval),
            max_attempts: 1,
            // fail2ban may answer nobody for a minute or two while an action runs.
            timeout: Duration::from_mins(5),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        // Without the lock another process writes the events, and tells what it sees of fail2ban. Where it does not,
        // this one still has to know whether fail2ban is there.
        let seen = match fence {
            Some(fence) => self.lead(fence).await,
            None if self.runtime.is_fresh() => return Ok(()),
            None => self.observer.count_only().await.map(|()| Observed::default()),
        };
        match seen {
            Ok(seen) if seen.events > 0 => {
                tracing::debug!(lists = seen.lists, events = seen.events, "bans observed");
                Ok(())
            }
            // Being offline is noted in the run-time state, where it is logged and shown once.
            Ok(_) | Err(ServiceError::Fail2banOffline(_)) => Ok(()),
            Err(error @ ServiceError::Store(StoreError::StaleFence)) => {
                Err(JobError::Fatal(error.to_string()))
            }
            Err(error) if error.kind() == ErrorKind::Internal => Err(JobError::Fatal(chain(&error))),
            Err(error) => Err(JobError::Retry(chain(&error))),
        }
    }
}
