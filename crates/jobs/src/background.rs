//! Everything that a process does in the background, started and stopped as one.

use std::sync::Arc;

use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::follow;
use crate::job::{self, JobContext, When};
use crate::lead::lead;
use crate::lease::LeaseKeeper;
use crate::patience::patience;
use crate::queue::JobStorage;
use crate::schedule::{CronError, Table};
use crate::worker::{Bench, work_clock};

/// All background work of a process: the lock's renewal, what its holder does, the jobs that are not queued, what follows
/// other processes.
pub struct Background {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    lease: JoinHandle<()>,
    stop_lease: CancellationToken,
    storage: JobStorage,
}

impl Background {
    /// Starts everything.
    pub fn start(
        context: &JobContext,
        storage: JobStorage,
        lease: &Arc<LeaseKeeper>,
    ) -> Result<Self, CronError> {
        let jobs = job::all(context, &storage);
        let table = Table::new(&jobs)?;
        let (stop, stop_lease) = (CancellationToken::new(), CancellationToken::new());
        let bench = Bench {
            storage: storage.clone(),
            lease: Arc::clone(lease),
            clock: Arc::clone(&context.clock),
            watch: Arc::clone(context.runtime.watch()),
            meter: context.meter.clone(),
        };
        for job in &jobs {
            bench.meter.announce(job.spec().name);
        }
        let mut tasks = JoinSet::new();
        for job in &jobs {
            if let When::Every(pause) = job.spec().when {
                tasks.spawn(work_clock(Arc::clone(job), pause, bench.clone(), stop.child_token()));
            }
        }
        tasks.spawn(lead(jobs, table, bench, stop.child_token()));
        let watch = Arc::clone(context.runtime.watch());
        let keeper = Arc::clone(lease);
        let leads = move || keeper.fence().is_some();
        tasks.spawn(patience(watch, context.poll_interval, leads, stop.child_token()));
        tasks.spawn(follow::state(
            Arc::clone(&context.runtime),
            Arc::clone(lease),
            Arc::clone(&context.notices),
            stop.child_token(),
        ));
        tasks.spawn(follow::events(
            Arc::clone(&context.feed),
            Arc::clone(&context.notices),
            stop.child_token(),
        ));
        let (keeper, until) = (Arc::clone(lease), stop_lease.child_token());
        let lease = tokio::spawn(async move { keeper.keep(until).await });
        Ok(Self { tasks, stop, lease, stop_lease, storage })
    }

    /// Stops scheduling, lets running jobs end or gives them back, then gives the lock back and closes the queue.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!("a background task ended badly: {error}");
            }
        }
        self.stop_lease.cancel();
        if let Err(error) = self.lease.await {
            tracing::error!("the keeper of the scheduler lock ended badly: {error}");
        }
        self.storage.close().await;
    }
}
