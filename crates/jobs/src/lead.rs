//! What the holder of the scheduler lock does and nobody else: it takes the queue over from whoever had it, queues what is
//! due, and works the queue. It begins when the lock is ours and ends when it is not.

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::chain;
use bangui_domain::model::Fence;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::job::Job;
use crate::queue::JobStorage;
use crate::schedule::Table;
use crate::worker::{Bench, work_queue};

/// The pause before the queue is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// How often runs are looked for that an older holder has begun after the queue was taken over from it.
const RECLAIM_EVERY: Duration = Duration::from_secs(10);

/// Leads whenever this process holds the lock, until `stop`. Runs that are under way then may finish.
pub(crate) async fn lead(jobs: Vec<Arc<dyn Job>>, table: Table, bench: Bench, stop: CancellationToken) {
    loop {
        let fence = tokio::select! {
            fence = bench.lease.gained() => fence,
            () = stop.cancelled() => return,
        };
        if !take_over(fence, &bench.storage).await {
            tokio::select! {
                () = tokio::time::sleep(RETRY) => continue,
                () = stop.cancelled() => return,
            }
        }
        let mut tasks = JoinSet::new();
        for job in &jobs {
            tasks.spawn(work_queue(Arc::clone(job), fence, bench.clone(), stop.child_token()));
        }
        tasks.spawn(table.clone().run(bench.clone(), stop.child_token()));
        tasks.spawn(reclaim(fence, bench.storage.clone(), stop.child_token()));
        tokio::select! {
            () = bench.lease.lost(fence) => {
                tracing::warn!(token = fence.0, "scheduling has stopped: queued jobs run elsewhere");
                tasks.shutdown().await;
            }
            () = stop.cancelled() => {
                while let Some(ended) = tasks.join_next().await {
                    if let Err(error) = ended {
                        tracing::error!("a background task ended badly: {error}");
                    }
                }
                return;
            }
        }
    }
}

/// Takes the queue over from older holders; answers whether it could be asked.
async fn take_over(fence: Fence, storage: &JobStorage) -> bool {
    match storage.take_over(fence).await {
        Ok(0) => true,
        Ok(runs) => {
            tracing::warn!(runs, "runs whose process has ended count as failed tries");
            true
        }
        Err(error) => {
            tracing::warn!("the job queue cannot be taken over, trying again: {}", chain(&error));
            false
        }
    }
}

/// Takes the queue over again and again, until `stop`. A process that was stopped and wakes up may begin a run before it
/// sees that the lock is another's, or one of its statements may arrive as late: nobody would end that run.
async fn reclaim(fence: Fence, storage: JobStorage, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(RECLAIM_EVERY) => {}
            () = stop.cancelled() => return,
        }
        take_over(fence, &storage).await;
    }
}
