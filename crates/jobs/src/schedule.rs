//! The cron table: which jobs are due when, and queueing them. Knows no job's work.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bangui_domain::chain;
use bangui_domain::model::Timestamp;
use cron::Schedule;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::job::{Job, When};
use crate::queue::Ticket;
use crate::worker::Bench;

/// How often the table is looked at.
const RESOLUTION: Duration = Duration::from_millis(500);
/// A tick that was not queued in time, because nobody held the lock or the queue was away, is made good within this time.
const LATEST_SECS: i64 = 600;

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

/// When `expression` is due next after `now`.
pub(crate) fn next_tick(expression: &str, now: Timestamp) -> Option<Timestamp> {
    let schedule = check_cron(expression).ok()?;
    let tick = schedule.after(&cron_time::from_millis(now.as_millis())?).next()?;
    Some(Timestamp::from_secs(tick.timestamp()))
}

#[derive(Clone)]
struct Entry {
    name: &'static str,
    max_attempts: u32,
    schedule: Schedule,
    last: Timestamp,
}

/// The jobs that are due at times of the clock.
#[derive(Clone)]
pub(crate) struct Table(Vec<Entry>);

impl Table {
    /// The table of `jobs`.
    pub(crate) fn new(jobs: &[Arc<dyn Job>]) -> Result<Self, CronError> {
        let mut entries = Vec::new();
        for job in jobs {
            let spec = job.spec();
            if let When::Cron(expression) = spec.when {
                entries.push(Entry {
                    name: spec.name,
                    max_attempts: spec.max_attempts,
                    schedule: check_cron(expression)?,
                    last: Timestamp::from_millis(0),
                });
            }
        }
        Ok(Self(entries))
    }

    /// Queues what is due, until `stop`. Begins with what was due in the last minutes: a tick that another process has
    /// queued already is the same one.
    pub(crate) async fn run(mut self, bench: Bench, stop: CancellationToken) {
        // A second less, since what is older than that counts as a clock that has jumped.
        let begin = bench.clock.now().plus_secs(1 - LATEST_SECS);
        for entry in &mut self.0 {
            entry.last = begin;
        }
        loop {
            let now = bench.clock.now();
            for entry in &mut self.0 {
                let Some(tick) = entry.due(now) else { continue };
                if bench.lease.fence().is_none() {
                    continue;
                }
                match bench.storage.push(entry.name, Ticket::tick(tick), entry.max_attempts).await {
                    Ok(()) => entry.last = now,
                    Err(error) => {
                        tracing::warn!(job = entry.name, "a run could not be queued: {}", chain(&error));
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(RESOLUTION) => {}
                () = stop.cancelled() => return,
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

    use super::{Entry, LATEST_SECS, check_cron};

    fn entry(last: i64) -> Entry {
        let schedule = check_cron("*/30 * * * * *").expect("an expression");
        Entry { name: "job", max_attempts: 1, schedule, last: Timestamp::from_secs(last) }
    }

    #[test]
    fn a_tick_is_due_once_it_has_come() {
        assert_eq!(entry(1_000_000_000).due(Timestamp::from_secs(1_000_000_019)), None);
        assert_eq!(entry(1_000_000_000).due(Timestamp::from_secs(1_000_000_020)), Some(1_000_000_020));
        assert_eq!(entry(1_000_000_020).due(Timestamp::from_secs(1_000_000_049)), None);
    }

    #[test]
    fn the_last_tick_of_the_last_minutes_is_made_good() {
        let now = 1_000_000_019;
        let mut entry = entry(now + 1 - LATEST_SECS);
        assert_eq!(entry.due(Timestamp::from_millis(now * 1000 + 900)), Some(999_999_990));
        entry.last = Timestamp::from_secs(now);
        assert_eq!(entry.due(Timestamp::from_secs(now)), None);
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
