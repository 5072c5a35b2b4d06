//! One moment by both clocks: the one that dates, which can be set, and the one that measures, which cannot.

use std::time::Duration;

use crate::model::Timestamp;
use crate::ports::Clock;

/// A moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// What it is called.
    pub(super) at: Timestamp,
    /// Where it lies among the moments that durations are measured from.
    pub(super) up: Duration,
}

impl Now {
    /// The present one.
    pub(super) fn of(clock: &dyn Clock) -> Self {
        Self { at: clock.now(), up: clock.uptime() }
    }

    /// How long ago `earlier` was.
    pub(super) fn since(self, earlier: Duration) -> Duration {
        self.up.saturating_sub(earlier)
    }

    /// What an earlier moment is called by the clock as it is set now.
    pub(super) fn called(self, earlier: Duration) -> Timestamp {
        self.at.plus_millis(i64::try_from(self.since(earlier).as_millis()).map_or(i64::MIN, |millis| -millis))
    }

    /// When a moment comes that the clock as it is set now calls `at`; this one if it has come.
    pub(super) fn when(self, at: Timestamp) -> Duration {
        let millis = u64::try_from(at.millis_since(self.at)).unwrap_or_default();
        self.up.saturating_add(Duration::from_millis(millis))
    }
}
