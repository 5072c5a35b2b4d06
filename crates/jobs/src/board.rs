//! The jobs as they are shown, put together from what is fixed about them, from the queue, and from what the holder of the
//! scheduler lock tells of those that are not queued.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::{JobRun, JobRunState, JobSchedule, JobStatus, JobTrigger, Timestamp};
use bangui_domain::ports::{Clock, JobBoard, StoreError};
use bangui_domain::service::Watch;

use crate::job::{self, JobContext, JobSpec, When};
use crate::queue::{JobStorage, Ticket};
use crate::schedule::next_tick;

/// Runs of each job that are shown.
const SHOWN: u32 = 10;

/// Shows the jobs of a deployment.
pub struct Board {
    specs: Vec<JobSpec>,
    storage: JobStorage,
    watch: Arc<Watch>,
    clock: Arc<dyn Clock>,
}

impl Board {
    /// The jobs of `context`, queued in `storage`.
    pub fn new(context: &JobContext, storage: JobStorage) -> Self {
        let specs = job::all(context, &storage).iter().map(|job| job.spec()).collect();
        Self { specs, storage, watch: Arc::clone(context.runtime.watch()), clock: Arc::clone(&context.clock) }
    }

    fn schedule(&self, spec: &JobSpec, last: Option<Timestamp>) -> (JobSchedule, Option<Timestamp>) {
        match spec.when {
            When::Every(pause) => (JobSchedule::Every(pause), last.map(|at| after(at, pause))),
            When::Cron(expression) => {
                (JobSchedule::Cron(expression), next_tick(expression, self.clock.now()))
            }
        }
    }
}

fn after(at: Timestamp, pause: Duration) -> Timestamp {
    at.plus_millis(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX))
}

#[async_trait]
impl JobBoard for Board {
    async fn jobs(&self) -> Result<Vec<JobStatus>, StoreError> {
        let mut runs = self.storage.runs(SHOWN).await?;
        let pending = self.storage.pending().await?;
        let tallies = self.watch.jobs();
        let status = |spec: &JobSpec| {
            let tally = tallies.iter().find(|tally| tally.job == spec.name).cloned();
            let (schedule, next_run_at) =
                self.schedule(spec, tally.as_ref().map(|tally| tally.last.started_at));
            JobStatus {
                name: spec.name,
                about: spec.about,
                schedule,
                max_attempts: spec.max_attempts,
                timeout: spec.timeout,
                next_run_at,
                pending: pending.get(spec.name).copied().unwrap_or(0),
                tally,
                runs: runs.remove(spec.name).unwrap_or_default(),
            }
        };
        Ok(self.specs.iter().map(status).collect())
    }

    async fn run_now(&self, job: &str, by: &str) -> Result<Option<JobRun>, StoreError> {
        let Some(spec) = self.specs.iter().find(|spec| spec.name == job) else { return Ok(None) };
        let waiting = |run: &JobRun| {
            run.state == JobRunState::Waiting && matches!(run.trigger, JobTrigger::Manual { .. })
        };
        if let Some(run) = self.newest(job, waiting).await? {
            return Ok(Some(run));
        }
        let ticket = Ticket::manual(self.clock.now(), by);
        let (due_at, trigger) = (ticket.due(), ticket.trigger());
        self.storage.push(spec.name, ticket, spec.max_attempts).await?;
        let pushed = |run: &JobRun| run.due_at == due_at && run.trigger == trigger;
        let run = self.newest(job, pushed).await?;
        run.map(Some)
            .ok_or_else(|| StoreError::Backend("the run that was queued is not in the queue any more".into()))
    }
}

impl Board {
    /// The newest run of `job` that is `wanted`.
    async fn newest(
        &self,
        job: &str,
        wanted: impl Fn(&JobRun) -> bool,
    ) -> Result<Option<JobRun>, StoreError> {
        let runs = self.storage.runs(SHOWN).await?.remove(job).unwrap_or_default();
        Ok(runs.into_iter().find(wanted))
    }
}
