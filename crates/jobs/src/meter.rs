//! Counts what came of the tries of jobs, those of this process under the scheduler lock. Its labels are the names of
//! the jobs and three outcomes; the name is `name`, since `job` is what Prometheus calls its own groups of targets.

use prometheus::core::Collector;
use prometheus::{IntCounterVec, Opts};

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It went well.
    Ok,
    /// It failed, and there will be another.
    Retry,
    /// It failed, and there will be no other.
    Failed,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Ok, Self::Retry, Self::Failed];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Retry => "retry",
            Self::Failed => "failed",
        }
    }
}

/// Counts for one process. Clones count together.
#[derive(Clone)]
pub struct JobMeter {
    runs: IntCounterVec,
}

impl JobMeter {
    /// Nothing counted yet.
    pub fn new() -> Result<Self, prometheus::Error> {
        let opts = Opts::new("bangui_job_runs_total", "Tries of background jobs by this process.");
        Ok(Self { runs: IntCounterVec::new(opts, &["name", "outcome"])? })
    }

    /// What is counted, for the registry that shows it.
    pub fn collectors(&self) -> Vec<Box<dyn Collector>> {
        vec![Box::new(self.runs.clone())]
    }

    /// Shows `job` before its first try, so that the first one is seen as a change.
    pub(crate) fn announce(&self, job: &str) {
        for outcome in Outcome::ALL {
            self.runs.with_label_values(&[job, outcome.as_str()]);
        }
    }

    /// Counts a try of `job`.
    pub(crate) fn count(&self, job: &str, outcome: Outcome) {
        self.runs.with_label_values(&[job, outcome.as_str()]).inc();
    }

    /// How often `job` came out so.
    #[cfg(test)]
    pub(crate) fn counted(&self, job: &str, outcome: Outcome) -> u64 {
        self.runs.with_label_values(&[job, outcome.as_str()]).get()
    }
}
