//! Background jobs as they are shown: what they are, when they are due, and what came of their last runs. Knows no
//! queue.

use std::time::Duration;

use super::Timestamp;

/// When a job is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobSchedule {
    /// Again and again with this pause; what is missed is not made up for, and runs are counted, not kept.
    Every(Duration),
    /// By a cron expression of six fields, beginning with seconds, in UTC; each tick is queued and runs once.
    Cron(&'static str),
}

/// Why a run was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobTrigger {
    /// It was due.
    Schedule,
    /// A user asked for it.
    Manual {
        /// The user's name.
        by: String,
    },
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobRunState {
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

/// One run of a job, with all its tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// Its number in the queue; `None` for one that was not queued.
    pub id: Option<String>,
    /// Why it was made.
    pub trigger: JobTrigger,
    /// When it was due, or was asked for.
    pub due_at: Timestamp,
    /// When the last try began; `None` before the first.
    pub started_at: Option<Timestamp>,
    /// How long the last try took, in milliseconds; `None` while it runs.
    pub took_millis: Option<i64>,
    /// Where it stands.
    pub state: JobRunState,
    /// Tries so far, the present one included.
    pub attempts: u32,
    /// Tries at most.
    pub max_attempts: u32,
    /// Why the last try failed.
    pub error: Option<String>,
}

/// One run of a job that is not queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPulse {
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_millis: i64,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

/// What is remembered of a job that is not queued, by the process that runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTally {
    /// The job's name.
    pub job: String,
    /// Since when it is counted: that process's first run.
    pub since: Timestamp,
    /// Runs since then.
    pub runs: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// The last run.
    pub last: JobPulse,
    /// The last run that failed.
    pub last_failure: Option<JobPulse>,
}

impl JobTally {
    /// The first run of `job`.
    pub fn first(job: &str, pulse: JobPulse) -> Self {
        let failure = pulse.error.is_some().then(|| pulse.clone());
        Self {
            job: job.to_owned(),
            since: pulse.started_at,
            runs: 1,
            failed: u64::from(failure.is_some()),
            last: pulse,
            last_failure: failure,
        }
    }

    /// One more run.
    pub fn add(&mut self, pulse: JobPulse) {
        self.runs = self.runs.saturating_add(1);
        if pulse.error.is_some() {
            self.failed = self.failed.saturating_add(1);
            self.last_failure = Some(pulse.clone());
        }
        self.last = pulse;
    }
}

/// A job as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobStatus {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// When it is due.
    pub schedule: JobSchedule,
    /// Tries per queued run.
    pub max_attempts: u32,
    /// The longest that a try may take.
    pub timeout: Duration,
    /// When it is due next.
    pub next_run_at: Option<Timestamp>,
    /// Queued runs that have not ended.
    pub pending: u64,
    /// The count of runs of a job that is not queued.
    pub tally: Option<JobTally>,
    /// The last runs, newest first.
    pub runs: Vec<JobRun>,
}
