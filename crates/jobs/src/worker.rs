//! apalis workers: one for the queue of each job while this process holds the scheduler lock, and one fed by the clock for
//! each unqueued job, in every process. A worker whose storage fails is built anew after a pause.

mod clockwork;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use apalis::layers::WorkerBuilderExt;
use apalis::prelude::{Attempt, BackendExt, BoxDynError, TaskId, WorkerBuilder, WorkerContext, WorkerError};
use bangui_domain::chain;
use bangui_domain::model::{Fence, JobPulse};
use bangui_domain::ports::Clock;
use bangui_domain::service::Watch;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use self::clockwork::{Clockwork, Tick};
use crate::job::Job;
use crate::lease::LeaseKeeper;
use crate::meter::{JobMeter, Outcome};
use crate::queue::report::{FailedTry, Report};
use crate::queue::{JobStorage, Ticket, postgres_queue, sqlite_queue, worker_prefix};
use crate::run::{Tried, attempt, pause};

/// How often the queue is looked at for due runs.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// How long a worker may take to finish its run when it is told to stop.
const GRACE: Duration = Duration::from_secs(5);
/// The pause before a failed worker is built anew, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// What every worker works with.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) storage: JobStorage,
    pub(crate) lease: Arc<LeaseKeeper>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) meter: JobMeter,
}

/// Works the queue of `job` for the holder of the lock under `fence`, until `stop`; dropped, it ends in the middle of a run,
/// which stays in the queue as begun.
pub(crate) async fn work_queue(job: Arc<dyn Job>, fence: Fence, bench: Bench, stop: CancellationToken) {
    let name = job.spec().name;
    let mut wait = PAUSES.0;
    for number in 0_u64.. {
        let started = tokio::time::Instant::now();
        let (prefix, process) = (worker_prefix(fence), &bench.lease.holder().id);
        let context = WorkerContext::new(&format!("{prefix}-{process}-{name}-{number}"));
        let mut work = queue_worker(&context, Arc::clone(&job), &bench);
        let result = tokio::select! {
            result = &mut work => result,
            () = stop.cancelled() => {
                finish(name, &context, work, &bench.storage).await;
                return;
            }
        };
        drop(work);
        if let Err(error) = bench.storage.take_over_from(context.name()).await {
            tracing::warn!(job = name, "a run that was cut short stays as it is: {}", chain(&error));
        }
        if started.elapsed() > PAUSES.1 {
            wait = PAUSES.0;
        }
        let why = result.err().map_or_else(|| "it ended".to_owned(), |error| error.to_string());
        tracing::warn!(job = name, number, "worker failed, starting it again in {} s: {why}", wait.as_secs());
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
        wait = wait.saturating_mul(2).min(PAUSES.1);
    }
}

/// Lets the worker finish its run, or gives the run back.
async fn finish(
    name: &'static str,
    context: &WorkerContext,
    work: BoxFuture<'static, Result<(), WorkerError>>,
    storage: &JobStorage,
) {
    if let Err(error) = context.stop() {
        tracing::debug!(job = name, "worker was not running: {error}");
    }
    match tokio::time::timeout(GRACE, work).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => tracing::warn!(job = name, "worker failed while it stopped: {error}"),
        Err(_) => tracing::warn!(
            job = name,
            "job did not end within {} s: it is cut short and given back to the queue",
            GRACE.as_secs()
        ),
    }
    if let Err(error) = storage.give_back(context.name()).await {
        tracing::warn!(
            job = name,
            "its run was not given back; the next holder of the lock takes it over: {}",
            chain(&error)
        );
    }
}

/// Works a queue until it is stopped or its storage fails. One run at a time.
fn queue_worker(
    context: &WorkerContext,
    job: Arc<dyn Job>,
    bench: &Bench,
) -> BoxFuture<'static, Result<(), WorkerError>> {
    let name = job.spec().name;
    let worker = context.name().to_owned();
    let storage = bench.storage.clone();
    let bench = bench.clone();
    let handler = move |ticket: Ticket,
                        id: TaskId,
                        tries: Attempt|
          -> BoxFuture<'static, Result<Report, BoxDynError>> {
        let (job, bench, worker) = (Arc::clone(&job), bench.clone(), worker.clone());
        Box::pin(async move {
            tracing::debug!(job = job.spec().name, due = ticket.due().as_millis(), run = %id, "job runs");
            let tries = u32::try_from(tries.current()).unwrap_or(u32::MAX);
            one_run(job, &bench, &worker, &id.to_string(), tries).await.map_err(BoxDynError::from)
        })
    };
    let builder = WorkerBuilder::new(context);
    match storage {
        JobStorage::Sqlite(pool) => {
            let queue = sqlite_queue(&pool, name).poll_with_interval(POLL_INTERVAL);
            Box::pin(builder.backend(queue).concurrency(1).build(handler).run())
        }
        JobStorage::Postgres(pool) => {
            let queue = postgres_queue(&pool, name).poll_with_interval(POLL_INTERVAL);
            Box::pin(builder.backend(queue).concurrency(1).build(handler).run())
        }
    }
}

/// Try number `tries` of a queued run.
async fn one_run(
    job: Arc<dyn Job>,
    bench: &Bench,
    worker: &str,
    id: &str,
    tries: u32,
) -> Result<Report, FailedTry> {
    let spec = job.spec();
    // This worker ends when the lock is lost, and whoever gets it takes the run over.
    let fence = bench.lease.gained().await;
    let Tried { report, again } = attempt(job, Some(fence), bench.clock.as_ref()).await;
    let Some(error) = &report.error else {
        bench.meter.count(spec.name, Outcome::Ok);
        return Ok(report);
    };
    let again = again && tries < spec.max_attempts;
    bench.meter.count(spec.name, if again { Outcome::Retry } else { Outcome::Failed });
    let wait = again.then(|| pause(tries));
    if let Some(wait) = wait {
        let secs = wait.as_secs();
        tracing::warn!(job = spec.name, run = id, tries, "job failed, trying again in {secs} s: {error}");
    } else {
        tracing::error!(job = spec.name, run = id, tries, "job failed for good: {error}");
    }
    if let Err(error) = bench.storage.after_failure(id, worker, wait).await {
        tracing::warn!(job = spec.name, run = id, "its next try comes without a pause: {}", chain(&error));
    }
    Err(FailedTry(report))
}

/// Runs a job that is not queued at each tick of a clock, until `stop`.
pub(crate) async fn work_clock(job: Arc<dyn Job>, every: Duration, bench: Bench, stop: CancellationToken) {
    let name = job.spec().name;
    let context = WorkerContext::new(&format!("{name}@{}-clock", bench.lease.holder().id));
    let mut work = clock_worker(&context, job, every, bench);
    tokio::select! {
        result = &mut work => {
            let why = result.err().map_or_else(|| "it ended".to_owned(), |error| error.to_string());
            tracing::error!(job = name, "worker ended, its job does not run any more: {why}");
        }
        () = stop.cancelled() => {
            if let Err(error) = context.stop() {
                tracing::debug!(job = name, "worker was not running: {error}");
            }
            if tokio::time::timeout(GRACE, work).await.is_err() {
                tracing::warn!(job = name, "job did not end within {} s and was cut short", GRACE.as_secs());
            }
        }
    }
}

fn clock_worker(
    context: &WorkerContext,
    job: Arc<dyn Job>,
    every: Duration,
    bench: Bench,
) -> BoxFuture<'static, Result<(), WorkerError>> {
    let handler = move |_: Tick| -> BoxFuture<'static, Result<(), BoxDynError>> {
        let (job, bench) = (Arc::clone(&job), bench.clone());
        Box::pin(async move {
            one_tick(job, &bench).await;
            Ok(())
        })
    };
    Box::pin(WorkerBuilder::new(context).backend(Clockwork::new(every)).build(handler).run())
}

async fn one_tick(job: Arc<dyn Job>, bench: &Bench) {
    let name = job.spec().name;
    let fence = bench.lease.fence();
    let Tried { report, .. } = attempt(job, fence, bench.clock.as_ref()).await;
    if let Some(error) = &report.error {
        tracing::warn!(job = name, "job failed: {error}");
    }
    // What a process without the lock does is not the job's run.
    if fence.is_some() {
        bench.meter.count(name, if report.error.is_some() { Outcome::Failed } else { Outcome::Ok });
        let Report { started_at, took_millis, error } = report;
        bench.watch.ran(name, JobPulse { started_at, took_millis, error });
    }
}
