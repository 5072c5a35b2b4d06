//! The cron table and what starts everything: ticks are queued by the process that holds the scheduler lock,
//! workers run on every process.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bangui_domain::model::Timestamp;
use bangui_domain::ports::Clock;
use cron::Schedule;
use thiserror::Error;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::follow;
use crate::job::{self, Job, JobContext, When};
use crate::lease::LeaseKeeper;
use crate::queue::JobStorage;
use crate::worker;

/// How often the table is looked at.
const RESOLUTION: Duration = Duration::from_millis(500);
/// A tick that could not be queued in time is dropped after this.
const LATEST_SECS: i64 = 60;

/// A cron expression that makes no sense.
#[derive(Debug, Error)]
#[error("{expression:?} is not a cron expression with seconds: {reason}")]
pub struct CronError {
    expression: String,
    reason: String,
}

/// Parses a cron expression of six fields, beginning with seconds.
pub fn check_cron(expression: &str) -> Result<Schedule, CronError> {
    Schedule::from_str(expression)
        .map_err(|error| CronError { expression: expression.to_owned(), reason: error.to_string() })
}

/// All background work of a process: workers, the cron table, what follows other processes, the lease's renewal.
pub struct Background {
    tasks: JoinSet<()>,
    stop: CancellationToken,
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
        let table = Table::new(&jobs, context.clock.now())?;
        let (stop, stop_lease) = (CancellationToken::new(), CancellationToken::new());
        let mut tasks = JoinSet::new();
        for job in jobs {
            tasks.spawn(worker::keep(job, storage.clone(), Arc::clone(lease), stop.child_token()));
        }
        tasks.spawn(table.run(
            Arc::clone(&context.clock),
            storage.clone(),
            Arc::clone(lease),
            stop.child_token(),
        ));
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
        let keeper = Arc::clone(lease);
        let until = stop_lease.child_token();
        tasks.spawn(async move { keeper.keep(until).await });
        Ok(Self { tasks, stop, stop_lease, storage })
    }

    /// Stops scheduling, lets running jobs end, then gives the lease back and closes the queue.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.len() > 1 {
            if let Some(Err(error)) = self.tasks.join_next().await {
                tracing::error!("a background task ended badly: {error}");
            }
        }
        self.stop_lease.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!("a background task ended badly: {error}");
            }
        }
        self.storage.close().await;
    }
}

struct Entry {
    name: &'static str,
    schedule: Schedule,
    last: Timestamp,
}

struct Table(Vec<Entry>);

impl Table {
    fn new(jobs: &[Arc<dyn Job>], now: Timestamp) -> Result<Self, CronError> {
        let mut entries = Vec::new();
        for job in jobs {
            let spec = job.spec();
            if let When::Cron(expression) = spec.when {
                entries.push(Entry { name: spec.name, schedule: check_cron(expression)?, last: now });
            }
        }
        Ok(Self(entries))
    }

    async fn run(
        mut self,
        clock: Arc<dyn Clock>,
        storage: JobStorage,
        lease: Arc<LeaseKeeper>,
        stop: CancellationToken,
    ) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(RESOLUTION) => {}
                () = stop.cancelled() => return,
            }
            let now = clock.now();
            for entry in &mut self.0 {
                let Some(tick) = entry.due(now) else { continue };
                if lease.fence().is_none() {
                    entry.last = now;
                    continue;
                }
                match storage.push(entry.name, tick).await {
                    Ok(()) => entry.last = now,
                    Err(error) => tracing::warn!(job = entry.name, "a run could not be queued: {error}"),
                }
            }
        }
    }
}

impl Entry {
    /// The latest tick since the last look, in seconds since the epoch. A clock that jumped, either way, starts
    /// the entry anew instead of making up for what was missed.
    fn due(&mut self, now: Timestamp) -> Option<i64> {
        if self.last > now || now.millis_since(self.last) > LATEST_SECS * 1000 {
            self.last = now.plus_secs(-1);
        }
        let from = chrono_time(self.last)?;
        self.schedule
            .after(&from)
            .map(|tick| tick.timestamp())
            .take_while(|tick| *tick <= now.as_secs())
            .last()
    }
}

fn chrono_time(at: Timestamp) -> Option<cron_time::DateTime> {
    cron_time::from_millis(at.as_millis())
}

/// The cron crate speaks chrono; nothing else here does.
mod cron_time {
    use chrono::{TimeZone, Utc};

    pub(super) type DateTime = chrono::DateTime<Utc>;

    pub(super) fn from_millis(millis: i64) -> Option<DateTime> {
        Utc.timestamp_millis_opt(millis).single()
    }
}

#[cfg(test)]
mod tests {
    use bangui_domain::model::Timestamp;

    use super::{Entry, check_cron};

    fn entry(last: i64) -> Entry {
        let schedule = check_cron("*/30 * * * * *").expect("an expression");
        Entry { name: "job", schedule, last: Timestamp::from_secs(last) }
    }

    #[test]
    fn a_tick_is_due_once_it_has_come() {
        assert_eq!(entry(1_000_000_000).due(Timestamp::from_secs(1_000_000_019)), None);
        assert_eq!(entry(1_000_000_000).due(Timestamp::from_secs(1_000_000_020)), Some(1_000_000_020));
        assert_eq!(entry(1_000_000_020).due(Timestamp::from_secs(1_000_000_049)), None);
    }

    #[test]
    fn a_clock_that_jumps_makes_up_for_nothing() {
        assert_eq!(entry(1_000_000_000).due(Timestamp::from_secs(1_000_100_015)), None);
        let mut back = entry(1_000_100_000);
        assert_eq!(back.due(Timestamp::from_secs(1_000_000_005)), None);
        assert_eq!(back.due(Timestamp::from_secs(1_000_000_020)), Some(1_000_000_020));
    }

    #[test]
    fn nonsense_is_named() {
        let error = check_cron("every day").expect_err("nonsense").to_string();
        assert!(error.contains("\"every day\""), "{error}");
    }
}
