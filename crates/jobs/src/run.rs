//! One try of a job: bounded in time, a panic being a failure, and timed.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::model::{Fence, Timestamp};
use bangui_domain::ports::Clock;
use tokio_util::task::AbortOnDropHandle;

use crate::job::{Job, JobError};
use crate::queue::report::Report;
use crate::uptime;

/// The pause behind the first failed try; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What came of a try.
pub(crate) struct Tried {
    /// When, how long, and why it failed.
    pub(crate) report: Report,
    /// Whether another try may work.
    pub(crate) again: bool,
}

/// One try of `job`. It ends with this future, also in the middle.
pub(crate) async fn attempt(job: Arc<dyn Job>, fence: Option<Fence>, clock: &dyn Clock) -> Tried {
    let (started_at, began) = (clock.now(), uptime());
    let outcome = bounded(job, fence).await;
    let took = uptime().saturating_sub(began);
    let again = !matches!(outcome, Err(JobError::Fatal(_)));
    Tried { report: report(started_at, took, outcome.err().map(|error| error.to_string())), again }
}

fn report(started_at: Timestamp, took: Duration, error: Option<String>) -> Report {
    Report { started_at, took_millis: i64::try_from(took.as_millis()).unwrap_or(i64::MAX), error }
}

/// In a task of its own, so that a panic ends there.
async fn bounded(job: Arc<dyn Job>, fence: Option<Fence>) -> Result<(), JobError> {
    let timeout = job.spec().timeout;
    let task = AbortOnDropHandle::new(tokio::spawn(async move { job.run(fence).await }));
    match tokio::time::timeout(timeout, task).await {
        Ok(Ok(result)) => result,
        Ok(Err(ended)) => Err(JobError::Retry(match ended.try_into_panic() {
            Ok(panic) => format!("it panicked: {}", panic_text(panic.as_ref())),
            Err(ended) => format!("it was cut short: {ended}"),
        })),
        Err(_) => Err(JobError::Retry(format!("it took longer than {} s", timeout.as_secs()))),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

/// How long to wait behind the failed try number `attempt`.
pub(crate) fn pause(attempt: u32) -> Duration {
    let doubled = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use async_trait::async_trait;
    use bangui_domain::model::{Fence, Timestamp};
    use bangui_domain::ports::Clock;

    use super::{Tried, attempt, pause};
    use crate::job::{Job, JobError, JobSpec, When};

    enum Probe {
        Panic,
        Hang,
        Fatal,
        Succeed,
    }

    #[async_trait]
    impl Job for Probe {
        fn spec(&self) -> JobSpec {
            JobSpec {
                name: "probe",
                about: "does as told",
                when: When::Every(Duration::from_secs(1)),
                max_attempts: 3,
                timeout: Duration::from_secs(5),
            }
        }

        async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
            match self {
                Self::Panic => panic!("as {}", "told"),
                Self::Hang => std::future::pending().await,
                Self::Fatal => Err(JobError::Fatal("never works".to_owned())),
                Self::Succeed => {
                    assert_eq!(fence, Some(Fence(7)));
                    Ok(())
                }
            }
        }
    }

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_secs(1_700_000_000)
        }

        fn uptime(&self) -> Duration {
            Duration::from_secs(1_000)
        }
    }

    async fn tried(probe: Probe) -> (Option<String>, bool) {
        let Tried { report, again } = attempt(Arc::new(probe), Some(Fence(7)), &Still).await;
        assert_eq!(report.started_at, Still.now());
        (report.error, again)
    }

    #[tokio::test(start_paused = true)]
    async fn panics_and_hangs_are_failures_that_may_pass() {
        assert_eq!(tried(Probe::Panic).await, (Some("it panicked: as told".to_owned()), true));
        assert_eq!(tried(Probe::Hang).await, (Some("it took longer than 5 s".to_owned()), true));
    }

    #[tokio::test]
    async fn a_fatal_failure_is_told_apart() {
        assert_eq!(tried(Probe::Fatal).await, (Some("never works".to_owned()), false));
        assert_eq!(tried(Probe::Succeed).await, (None, true));
    }

    #[test]
    fn pauses_grow_to_a_minute() {
        let pauses: Vec<u64> = [1, 2, 3, 6, 40].map(|attempt| pause(attempt).as_secs()).into();
        assert_eq!(pauses, [2, 4, 8, 60, 60]);
    }
}
