//! When fail2ban's database is read, and how far that is. A reading goes on for as long as it moves forward, however slowly:
//! time ends only one that does not. Knows no database.

use std::time::Duration;

use super::now::Now;
use crate::model::{CatchUp, Timestamp};

/// How long after a movement the database is still read, since fail2ban writes it late; and for how long a reading that
/// fails is tried again.
pub(super) const TAIL: Duration = Duration::from_secs(10);
/// A reading that fails may take a tenth of the time, but for these pauses: while it is tried again, and afterwards.
const SHARE: u32 = 10;
const PAUSES: (Duration, Duration) = (Duration::from_secs(3), Duration::from_mins(1));
/// How often the progress of a long reading is logged.
const LOG_EVERY: Duration = Duration::from_secs(30);

/// What a look has come to with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// There was no reason to read it.
    Rested,
    /// It was read to its end.
    Whole,
    /// Some of it was read, or its owner is writing, and the reading goes on.
    Behind,
    /// It cannot be read, which is tried again for a while.
    Failing,
    /// It cannot be read, and is not tried again before something moves.
    GivenUp {
        /// The newest ban that was read of what there was to catch up with.
        reached: Option<Timestamp>,
    },
}

/// How far the reading is.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Wanted until one that began then or later has come to the end.
    until: Option<Duration>,
    /// Not before this time.
    not_before: Duration,
    begun: Option<Begun>,
    /// Since when nothing was read.
    failing: Option<Duration>,
    /// Why it cannot be read.
    trouble: Option<String>,
}

/// A reading that has brought rows and is not at the end.
#[derive(Debug)]
struct Begun {
    at: Duration,
    rows: u64,
    left: u64,
    reached: Timestamp,
    logged: Duration,
}

impl Reading {
    /// There is a reason to read, for so long.
    pub(super) fn want(&mut self, up: Duration, tail: Duration) {
        self.until = self.until.max(Some(up.saturating_add(tail)));
    }

    /// Whether to read now.
    pub(super) fn is_due(&self, up: Duration) -> bool {
        self.until.is_some() && self.not_before <= up
    }

    /// Whether a reading has begun that is not at the end, or one that failed is still to be tried again.
    pub(super) fn is_behind(&self) -> bool {
        self.begun.is_some() || (self.failing.is_some() && self.until.is_some())
    }

    /// How the reading goes on.
    pub(super) fn catch_up(&self, now: Now) -> Option<CatchUp> {
        self.begun.as_ref().map(|begun| CatchUp {
            since: now.called(begun.at),
            took: now.since(begun.at),
            rows: begun.rows,
            left: begun.left,
        })
    }

    /// A reading that began at `began` has come to the end.
    pub(super) fn whole(&mut self, began: Duration, rows: u64, now: Now) -> Read {
        if self.until.is_some_and(|until| began >= until) {
            self.until = None;
        }
        if let Some(begun) = self.begun.take() {
            let all = begun.rows.saturating_add(rows);
            tracing::info!(
                rows = all,
                secs = now.since(begun.at).as_secs(),
                "fail2ban's database is read to its end"
            );
        }
        (self.failing, self.trouble) = (None, None);
        Read::Whole
    }

    /// A reading that began at `began` has brought `rows`, up to a ban of `reached`; `left` may follow.
    pub(super) fn moved(
        &mut self,
        began: Duration,
        rows: u64,
        left: u64,
        reached: Timestamp,
        now: Now,
    ) -> Read {
        self.want(now.up, TAIL);
        (self.failing, self.trouble) = (None, None);
        let catch_up = self.begun.get_or_insert_with(|| {
            tracing::info!(left, "fail2ban's database holds more than one look takes: BanGUI catches up");
            Begun { at: began, rows: 0, left, reached, logged: now.up }
        });
        catch_up.rows = catch_up.rows.saturating_add(rows);
        (catch_up.left, catch_up.reached) = (left, reached);
        if now.since(catch_up.logged) >= LOG_EVERY {
            catch_up.logged = now.up;
            let rows = catch_up.rows;
            tracing::info!(
                rows,
                left,
                secs = now.since(catch_up.at).as_secs(),
                "BanGUI catches up with fail2ban's database"
            );
        }
        Read::Behind
    }

    /// A reading that began at `began` has failed. `why` is `None` if the database was only busy.
    pub(super) fn failed(&mut self, began: Duration, why: Option<String>, now: Now) -> Read {
        let goes_on = now.since(*self.failing.get_or_insert(began)) < TAIL;
        let longest = if goes_on { PAUSES.0 } else { PAUSES.1 };
        self.not_before = now.up.saturating_add(now.since(began).saturating_mul(SHARE).min(longest));
        let is_busy = why.is_none();
        // Who writes for a moment is left alone; who does so all the time is in the way.
        let busy = || "another program keeps fail2ban's database locked".to_owned();
        self.trouble = why.or_else(|| (!goes_on).then(busy)).or_else(|| self.trouble.take());
        if goes_on {
            return if is_busy || self.begun.is_some() { Read::Behind } else { Read::Failing };
        }
        self.until = None;
        Read::GivenUp { reached: self.begun.take().map(|begun| begun.reached) }
    }

    /// Why the database cannot be read, as far as is known.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }
}
