//! Workers over real queues, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::{Fence, LeaseHolder, Timestamp};
use bangui_domain::ports::LeaseStore;
use bangui_test_support::both_databases;
use bangui_test_support::db::TestDb;
use tokio_util::sync::CancellationToken;

use super::keep;
use crate::job::{Job, JobError, JobSpec, When};
use crate::lease::{LeaseKeeper, Role};
use crate::queue::JobStorage;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

struct Counted {
    when: When,
    runs: AtomicU32,
    fenced: AtomicU32,
}

impl Counted {
    fn new(when: When) -> Arc<Self> {
        Arc::new(Self { when, runs: AtomicU32::new(0), fenced: AtomicU32::new(0) })
    }

    fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Job for Counted {
    fn spec(&self) -> JobSpec {
        JobSpec { name: "counted", when: self.when, max_attempts: 1, timeout: Duration::from_secs(5) }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.fenced.fetch_add(u32::from(fence.is_some()), Ordering::SeqCst);
        Ok(())
    }
}

fn holder(id: &str) -> LeaseHolder {
    LeaseHolder { id: id.to_owned(), host: "here".to_owned(), pid: 1, version: "test".to_owned() }
}

async fn lease(test: &TestDb, id: &str) -> Arc<LeaseKeeper> {
    let store: Arc<dyn LeaseStore> = Arc::new(test.db().clone());
    LeaseKeeper::start(store, holder(id), false).await.expect("a lease, or somebody else's")
}

/// A queue beside the test's database; the directory goes when the test ends.
async fn storage(test: &TestDb) -> (JobStorage, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    let storage = if test.url().starts_with("postgres") {
        JobStorage::postgres(test.url()).await
    } else {
        JobStorage::sqlite(&dir.path().join("jobs.db")).await
    };
    (storage.expect("a queue"), dir)
}

async fn eventually(what: &str, mut there: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !there() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(waited.await.is_ok(), "waited {} s for {what}", PATIENCE.as_secs());
}

both_databases!(a_tick_runs_once_however_often_it_is_queued, |test: TestDb| async move {
    let (storage, _dir) = storage(&test).await;
    let lease = lease(&test, "one").await;
    let job = Counted::new(When::Cron("* * * * * *"));
    let stop = CancellationToken::new();
    let dyn_job: Arc<dyn Job> = Arc::<Counted>::clone(&job);
    let worker = tokio::spawn(keep(dyn_job, storage.clone(), lease, stop.clone()));
    for tick in [1, 1, 2, 2, 1] {
        storage.push("counted", tick).await.expect("queued, or queued already");
    }
    eventually("both ticks to run", || job.runs() == 2).await;
    storage.push("counted", 2).await.expect("queued already");
    storage.push("counted", 3).await.expect("queued");
    eventually("the third tick to run", || job.runs() == 3).await;
    assert_eq!(job.fenced.load(Ordering::SeqCst), 3);
    stop.cancel();
    tokio::time::timeout(PATIENCE, worker).await.expect("the worker stops").expect("without a panic");

    let far = Timestamp::from_secs(32_503_680_000);
    assert_eq!(storage.prune(Timestamp::from_secs(0)).await.expect("nothing is that old"), 0);
    assert_eq!(storage.prune(far).await.expect("all three are done"), 3);
    storage.close().await;
});

both_databases!(an_unqueued_job_leaves_no_trace, |test: TestDb| async move {
    let (storage, _dir) = storage(&test).await;
    let lease = lease(&test, "one").await;
    let job = Counted::new(When::Every(Duration::from_millis(10)));
    let stop = CancellationToken::new();
    let dyn_job: Arc<dyn Job> = Arc::<Counted>::clone(&job);
    let worker = tokio::spawn(keep(dyn_job, storage.clone(), lease, stop.clone()));
    eventually("some ticks", || job.runs() >= 3).await;
    stop.cancel();
    tokio::time::timeout(PATIENCE, worker).await.expect("the worker stops").expect("without a panic");
    assert_eq!(storage.prune(Timestamp::from_secs(32_503_680_000)).await.expect("an empty queue"), 0);
    storage.close().await;
});

both_databases!(one_process_leads_and_hands_over, |test: TestDb| async move {
    let first = lease(&test, "one").await;
    let second = lease(&test, "two").await;
    assert!(first.fence().is_some() && second.fence().is_none());
    let Role::Standby(Some(seen)) = second.role() else { panic!("{:?}", second.role()) };
    assert_eq!(seen.holder, *first.holder());

    let stop = CancellationToken::new();
    stop.cancel();
    first.keep(stop).await;
    assert_eq!(first.fence(), None);
    let third = lease(&test, "three").await;
    assert!(third.fence() > seen.fence.into(), "the token grows");
});
