//! The machine's clock: the one place that asks it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bangui_domain::model::Timestamp;
use bangui_domain::ports::Clock;
use bangui_jobs::uptime;

/// Tells the machine's time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
        };
        Timestamp::from_millis(millis)
    }

    fn uptime(&self) -> Duration {
        uptime()
    }
}
