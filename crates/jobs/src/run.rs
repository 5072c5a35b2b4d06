//! One run of a job: tries with growing pauses, each bounded in time, a panic being a failed try.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::model::Fence;

use crate::job::{Job, JobError};

/// The pause behind the first failed try; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Runs `job` until it succeeds, fails for good, or has used up its tries. `fence` is asked anew before each try.
pub(crate) async fn run<F>(job: Arc<dyn Job>, fence: F) -> Result<(), JobError>
where
    F: Fn() -> Option<Fence>,
{
    let spec = job.spec();
    let mut pause = FIRST_PAUSE;
    let mut attempt = 1;
    loop {
        let error = match once(Arc::clone(&job), fence()).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        tracing::warn!(job = spec.name, attempt, max_attempts = spec.max_attempts, "job failed: {error}");
        if matches!(error, JobError::Fatal(_)) || attempt >= spec.max_attempts {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        attempt += 1;
    }
}

/// One try, in a task of its own, so that a panic ends there.
async fn once(job: Arc<dyn Job>, fence: Option<Fence>) -> Result<(), JobError> {
    let timeout = job.spec().timeout;
    let mut task = tokio::spawn(async move { job.run(fence).await });
    match tokio::time::timeout(timeout, &mut task).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => Err(JobError::Retry(format!("it panicked: {panic}"))),
        Err(_) => {
            task.abort();
            Err(JobError::Retry(format!("it took longer than {} s", timeout.as_secs())))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use async_trait::async_trait;
    use bangui_domain::model::Fence;

    use super::run;
    use crate::job::{Job, JobError, JobSpec, When};

    enum Behaviour {
        Panic,
        Hang,
        Fatal,
        SucceedAt(u32),
    }

    struct Probe {
        tries: AtomicU32,
        behaviour: Behaviour,
    }

    #[async_trait]
    impl Job for Probe {
        fn spec(&self) -> JobSpec {
            JobSpec {
                name: "probe",
                when: When::Every(Duration::from_secs(1)),
                max_attempts: 3,
                timeout: Duration::from_secs(5),
            }
        }

        async fn run(&self, _fence: Option<Fence>) -> Result<(), JobError> {
            let attempt = self.tries.fetch_add(1, Ordering::SeqCst) + 1;
            match self.behaviour {
                Behaviour::Panic => panic!("as told"),
                Behaviour::Hang => std::future::pending().await,
                Behaviour::Fatal => Err(JobError::Fatal("never works".to_owned())),
                Behaviour::SucceedAt(at) if attempt >= at => Ok(()),
                Behaviour::SucceedAt(_) => Err(JobError::Retry("not yet".to_owned())),
            }
        }
    }

    async fn outcome(behaviour: Behaviour) -> (u32, Result<(), String>) {
        let job = Arc::new(Probe { tries: AtomicU32::new(0), behaviour });
        let dyn_job: Arc<dyn Job> = Arc::<Probe>::clone(&job);
        let result = run(dyn_job, || None).await;
        (job.tries.load(Ordering::SeqCst), result.map_err(|error| error.to_string()))
    }

    #[tokio::test(start_paused = true)]
    async fn panics_and_hangs_are_failed_tries_and_end_at_the_limit() {
        let (tries, result) = outcome(Behaviour::Panic).await;
        assert_eq!(tries, 3);
        assert!(result.expect_err("it never works").contains("panicked"));
        let (tries, result) = outcome(Behaviour::Hang).await;
        assert_eq!(tries, 3);
        assert!(result.expect_err("it never works").contains("longer than 5 s"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_fatal_error_is_not_tried_again_and_a_passing_one_is() {
        assert_eq!(outcome(Behaviour::Fatal).await.0, 1);
        assert_eq!(outcome(Behaviour::SucceedAt(2)).await, (2, Ok(())));
    }
}
