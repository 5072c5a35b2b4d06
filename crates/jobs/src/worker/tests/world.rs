//! What the tests of workers stand on: a job that does as told, a queue, and the lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::{Fence, JobRun, LeaseHolder, Timestamp};
use bangui_domain::ports::{Clock, LeaseStore};
use bangui_domain::service::Watch;
use bangui_test_support::db::TestDb;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::super::{Bench, work_queue};
use crate::job::{Job, JobError, JobSpec, When};
use crate::lease::LeaseKeeper;
use crate::meter::{JobMeter, Outcome};
use crate::queue::{JobStorage, Ticket};

/// How long anything may take before a test gives up.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// Tries of a queued run.
pub(super) const TRIES: u32 = 2;

/// What the job of a test does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    Succeed,
    FailOnce,
    Fail,
    FailForGood,
    Panic,
    Hang,
}

pub(super) struct Told {
    when: When,
    behaviour: Behaviour,
    runs: AtomicU32,
    pub(super) fenced: AtomicU32,
}

impl Told {
    pub(super) fn new(when: When, behaviour: Behaviour) -> Arc<Self> {
        Arc::new(Self { when, behaviour, runs: AtomicU32::new(0), fenced: AtomicU32::new(0) })
    }

    pub(super) fn queued(behaviour: Behaviour) -> Arc<Self> {
        Self::new(When::Cron("* * * * * *"), behaviour)
    }

    pub(super) fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Job for Told {
    fn spec(&self) -> JobSpec {
        let timeout =
            if self.behaviour == Behaviour::Hang { Duration::from_secs(1) } else { Duration::from_secs(30) };
        JobSpec { name: "told", about: "does as told", when: self.when, max_attempts: TRIES, timeout }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        self.fenced.fetch_add(u32::from(fence.is_some()), Ordering::SeqCst);
        match self.behaviour {
            Behaviour::FailOnce if run == 1 => Err(JobError::Retry("not yet".to_owned())),
            Behaviour::Succeed | Behaviour::FailOnce => Ok(()),
            Behaviour::Fail => Err(JobError::Retry("never".to_owned())),
            Behaviour::FailForGood => Err(JobError::Fatal("never ever".to_owned())),
            Behaviour::Panic => panic!("as told"),
            Behaviour::Hang => std::future::pending().await,
        }
    }
}

pub(super) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(1_700_000_000)
    }

    fn uptime(&self) -> Duration {
        Duration::from_secs(1_000)
    }
}

fn holder(id: &str) -> LeaseHolder {
    LeaseHolder { id: id.to_owned(), host: "here".to_owned(), pid: 1, version: "test".to_owned() }
}

pub(super) async fn lease(test: &TestDb, id: &str) -> Arc<LeaseKeeper> {
    let store: Arc<dyn LeaseStore> = Arc::new(test.db().clone());
    LeaseKeeper::start(store, holder(id), false).await.expect("a lease, or somebody else's")
}

/// A queue beside the test's database, and the lock, which is renewed as long as this stands.
pub(super) struct World {
    pub(super) bench: Bench,
    pub(super) stop: CancellationToken,
    pub(super) dir: tempfile::TempDir,
    _keeping: AbortOnDropHandle<()>,
}

impl World {
    pub(super) async fn new(test: &TestDb) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let storage = if test.url().starts_with("postgres") {
            JobStorage::postgres(test.url()).await
        } else {
            JobStorage::sqlite(&dir.path().join("jobs.db")).await
        };
        let clock: Arc<dyn Clock> = Arc::new(Still);
        let bench = Bench {
            storage: storage.expect("a queue"),
            lease: lease(test, "one").await,
            watch: Arc::new(Watch::new(Arc::clone(&clock))),
            meter: JobMeter::new().expect("names that are in order"),
            clock,
        };
        let keeper = Arc::clone(&bench.lease);
        let keeping = tokio::spawn(async move { keeper.keep(CancellationToken::new()).await });
        let keeping = AbortOnDropHandle::new(keeping);
        Self { bench, stop: CancellationToken::new(), dir, _keeping: keeping }
    }

    /// How many tries went well, failed with another to come, and failed for good.
    pub(super) fn counted(&self) -> [u64; 3] {
        [Outcome::Ok, Outcome::Retry, Outcome::Failed]
            .map(|outcome| self.bench.meter.counted("told", outcome))
    }

    /// The token under which this process holds the lock.
    pub(super) fn fence(&self) -> Fence {
        self.bench.lease.fence().expect("the lock")
    }

    pub(super) fn work(&self, job: &Arc<Told>) -> JoinHandle<()> {
        let job: Arc<dyn Job> = Arc::<Told>::clone(job);
        tokio::spawn(work_queue(job, self.fence(), self.bench.clone(), self.stop.clone()))
    }

    pub(super) async fn push(&self, tick: i64) {
        self.bench.storage.push("told", Ticket::tick(tick), TRIES).await.expect("queued, or queued already");
    }

    /// The runs, oldest first.
    pub(super) async fn runs(&self) -> Vec<JobRun> {
        let mut runs =
            self.bench.storage.runs(20).await.expect("the queue").remove("told").unwrap_or_default();
        runs.reverse();
        runs
    }

    /// The one run, once it is as `wanted`.
    pub(super) async fn run_that(&self, what: &str, wanted: impl Fn(&JobRun) -> bool) -> JobRun {
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                let runs = self.runs().await;
                assert!(runs.len() <= 1, "{runs:?}");
                if let Some(run) = runs.into_iter().find(&wanted) {
                    return run;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let Ok(run) = found.await else {
            panic!("waited {} s for {what}: {:?}", PATIENCE.as_secs(), self.runs().await)
        };
        run
    }

    pub(super) async fn end(self, worker: JoinHandle<()>) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, worker).await.expect("the worker stops").expect("without a panic");
        self.bench.storage.close().await;
    }
}

pub(super) async fn eventually(what: &str, mut there: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !there() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(waited.await.is_ok(), "waited {} s for {what}", PATIENCE.as_secs());
}
