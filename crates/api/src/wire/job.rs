//! Background jobs and their runs.

use bangui_domain::model::{
    JobPulse, JobRun, JobRunState, JobSchedule, JobStatus, JobTally, JobTrigger, Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;

/// When a job is due.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[schema(as = JobSchedule)]
pub(crate) enum Schedule {
    /// Again and again.
    Every {
        /// The pause between two runs, in milliseconds.
        #[schema(example = 500)]
        every_ms: u64,
    },
    /// At times of the clock.
    Cron {
        /// Six fields, beginning with seconds, in UTC.
        #[schema(example = "0 7 * * * *")]
        expression: String,
    },
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = JobRunState)]
pub(crate) enum RunState {
    /// It has not begun.
    Waiting,
    /// A process is at it.
    Running,
    /// It went well.
    Done,
    /// A try failed, and there will be another.
    Retrying,
    /// It failed for good.
    Failed,
}

/// Why a run was made.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = JobTrigger)]
pub(crate) enum Trigger {
    /// It was due.
    Schedule,
    /// A user asked for it.
    Manual,
}

/// One run of a job, with all its tries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobRun)]
pub(crate) struct JobRunView {
    /// Its number in the queue; null for one that was not queued.
    id: Option<String>,
    /// Where it stands.
    state: RunState,
    /// Why it was made.
    trigger: Trigger,
    /// The user who asked for it.
    by: Option<String>,
    /// When it was due, or was asked for.
    #[schema(format = DateTime)]
    due_at: String,
    /// When the last try began; null before the first.
    #[schema(format = DateTime)]
    started_at: Option<String>,
    /// How long the last try took, in milliseconds; null while it runs.
    #[schema(example = 3)]
    duration_ms: Option<i64>,
    /// Tries so far, the present one included.
    attempts: u32,
    /// Tries at most.
    max_attempts: u32,
    /// Why the last try failed.
    error: Option<String>,
}

impl From<JobRun> for JobRunView {
    fn from(run: JobRun) -> Self {
        let (trigger, by) = match run.trigger {
            JobTrigger::Schedule => (Trigger::Schedule, None),
            JobTrigger::Manual { by } => (Trigger::Manual, Some(by)),
        };
        Self {
            id: run.id,
            state: match run.state {
                JobRunState::Waiting => RunState::Waiting,
                JobRunState::Running => RunState::Running,
                JobRunState::Done => RunState::Done,
                JobRunState::Retrying => RunState::Retrying,
                JobRunState::Failed => RunState::Failed,
            },
            trigger,
            by,
            due_at: rfc3339(run.due_at),
            started_at: run.started_at.map(rfc3339),
            duration_ms: run.took_millis,
            attempts: run.attempts,
            max_attempts: run.max_attempts,
            error: run.error,
        }
    }
}

/// A run that was not queued.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobPulse)]
pub(crate) struct Pulse {
    /// When it began.
    #[schema(format = DateTime)]
    started_at: String,
    /// How long it took, in milliseconds.
    #[schema(example = 3)]
    duration_ms: i64,
    /// Why it failed, if it did.
    error: Option<String>,
}

impl From<JobPulse> for Pulse {
    fn from(pulse: JobPulse) -> Self {
        Self { started_at: rfc3339(pulse.started_at), duration_ms: pulse.took_millis, error: pulse.error }
    }
}

/// The count of the runs of a job that is not queued, by the process that holds the scheduler lock.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobTally)]
pub(crate) struct Tally {
    /// Since when they are counted.
    #[schema(format = DateTime)]
    since: String,
    /// Runs since then.
    runs: u64,
    /// Those of them that failed.
    failed: u64,
    /// The last one.
    last: Pulse,
    /// The last one that failed.
    last_failure: Option<Pulse>,
}

impl From<JobTally> for Tally {
    fn from(tally: JobTally) -> Self {
        Self {
            since: rfc3339(tally.since),
            runs: tally.runs,
            failed: tally.failed,
            last: tally.last.into(),
            last_failure: tally.last_failure.map(Pulse::from),
        }
    }
}

/// A background job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Its name.
    #[schema(example = "prune_sessions")]
    name: &'static str,
    /// What it does.
    #[schema(example = "deletes sessions that have ended")]
    about: &'static str,
    /// When it is due.
    schedule: Schedule,
    /// Tries per queued run, with growing pauses between them.
    max_attempts: u32,
    /// The longest that a try may take, in seconds.
    timeout_secs: u64,
    /// When it is due next.
    #[schema(format = DateTime)]
    next_run_at: Option<String>,
    /// Queued runs that have not ended.
    pending: u64,
    /// The count of its runs, if they are not queued; null for a job on a cron schedule, or before the first run.
    tally: Option<Tally>,
    /// The last queued runs, newest first.
    runs: Vec<JobRunView>,
}

impl From<JobStatus> for Job {
    fn from(job: JobStatus) -> Self {
        Self {
            name: job.name,
            about: job.about,
            schedule: match job.schedule {
                JobSchedule::Every(pause) => {
                    Schedule::Every { every_ms: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX) }
                }
                JobSchedule::Cron(expression) => Schedule::Cron { expression: expression.to_owned() },
            },
            max_attempts: job.max_attempts,
            timeout_secs: job.timeout.as_secs(),
            next_run_at: job.next_run_at.map(|at: Timestamp| rfc3339(at)),
            pending: job.pending,
            tally: job.tally.map(Tally::from),
            runs: job.runs.into_iter().map(JobRunView::from).collect(),
        }
    }
}

/// All background jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobList {
    /// The jobs, in a fixed order.
    items: Vec<Job>,
    /// Always null: jobs come on one page.
    next: Option<String>,
}

impl From<Vec<JobStatus>> for JobList {
    fn from(jobs: Vec<JobStatus>) -> Self {
        Self { items: jobs.into_iter().map(Job::from).collect(), next: None }
    }
}
