//! Asks fail2ban every 30 seconds for version, latency, when its jails ban, and what they watch. Between probes every
//! look at the bans notices an outage, and its end, within the poll interval. Not queued: the answer belongs to the
//! process that looks at the bans, which publishes it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::Fence;
use bangui_domain::service::Prober;

use super::{Job, JobError, JobSpec, When};

/// Probes fail2ban.
pub struct ProbeFail2ban {
    prober: Arc<Prober>,
}

impl ProbeFail2ban {
    /// Probes through `prober`.
    pub fn new(prober: Arc<Prober>) -> Self {
        Self { prober }
    }
}

#[async_trait]
impl Job for ProbeFail2ban {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "probe_fail2ban",
            about: "asks fail2ban for its version, how fast it answers, when its jails ban, and what they watch",
            when: When::Every(Duration::from_secs(30)),
            max_attempts: 1,
            timeout: Duration::from_secs(30),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        if fence.is_none() {
            return Ok(());
        }
        self.prober.probe().await.map_err(|error| JobError::Retry(error.to_string()))
    }
}
