//! apalis workers: one per queued job on either database, one fed by the clock for each unqueued job. A worker
//! whose storage fails is built anew after a pause.

mod clockwork;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use apalis::prelude::{BackendExt, BoxDynError, WorkerBuilder, WorkerContext, WorkerError};
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use self::clockwork::Clockwork;
use crate::job::{Job, When};
use crate::lease::LeaseKeeper;
use crate::queue::{JobStorage, POLL_INTERVAL, Ticket, postgres_queue, sqlite_queue};
use crate::run::run;

/// How long a worker may take to finish its run when it is told to stop.
const GRACE: Duration = Duration::from_secs(5);
/// The pause before a failed worker is built anew, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Keeps one job's worker running until `stop`.
pub(crate) async fn keep(
    job: Arc<dyn Job>,
    storage: JobStorage,
    lease: Arc<LeaseKeeper>,
    stop: CancellationToken,
) {
    let name = job.spec().name;
    let mut pause = PAUSES.0;
    let mut failures: u32 = 0;
    while !stop.is_cancelled() {
        let started = tokio::time::Instant::now();
        let context = WorkerContext::new(&format!("{name}@{}-{failures}", lease.holder().id));
        let mut work = work(&context, Arc::clone(&job), &storage, Arc::clone(&lease));
        let result = tokio::select! {
            result = &mut work => result,
            () = stop.cancelled() => {
                if let Err(error) = context.stop() {
                    tracing::debug!(job = name, "worker was not running: {error}");
                }
                if tokio::time::timeout(GRACE, work).await.is_err() {
                    tracing::warn!(job = name, "job did not end within {} s and was dropped", GRACE.as_secs());
                }
                return;
            }
        };
        failures = failures.saturating_add(1);
        let why = result.err().map_or_else(|| "it ended".to_owned(), |error| error.to_string());
        if started.elapsed() > PAUSES.1 {
            pause = PAUSES.0;
        }
        tracing::warn!(
            job = name,
            failures,
            "worker failed, starting it again in {} s: {why}",
            pause.as_secs()
        );
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
        }
        pause = pause.saturating_mul(2).min(PAUSES.1);
    }
}

/// Runs a worker until it is stopped or its storage fails.
fn work(
    context: &WorkerContext,
    job: Arc<dyn Job>,
    storage: &JobStorage,
    lease: Arc<LeaseKeeper>,
) -> BoxFuture<'static, Result<(), WorkerError>> {
    let spec = job.spec();
    let handler = move |ticket: Ticket| -> BoxFuture<'static, Result<(), BoxDynError>> {
        let (job, lease) = (Arc::clone(&job), Arc::clone(&lease));
        Box::pin(async move {
            tracing::trace!(job = job.spec().name, tick = ticket.tick, "job runs");
            Ok(run(job, move || lease.fence()).await?)
        })
    };
    let worker = WorkerBuilder::new(context);
    match (spec.when, storage) {
        (When::Every(pause), _) => Box::pin(worker.backend(Clockwork::new(pause)).build(handler).run()),
        (When::Cron(_), JobStorage::Sqlite(pool)) => {
            let queue = sqlite_queue(pool, spec.name).poll_with_interval(POLL_INTERVAL);
            Box::pin(worker.backend(queue).build(handler).run())
        }
        (When::Cron(_), JobStorage::Postgres(pool)) => {
            let queue = postgres_queue(pool, spec.name).poll_with_interval(POLL_INTERVAL);
            Box::pin(worker.backend(queue).build(handler).run())
        }
    }
}
