//! Fetches files of places once a month, in every process, since the files lie on its machine. Runs only where that is
//! switched on. Not at the same moment everywhere, and ever less often while the provider does not have it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::{Fence, Timestamp};
use bangui_domain::ports::{Clock, PlaceDownloads, Wanted};

use super::{Job, JobError, JobSpec, When};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;
/// The time over which all installations spread when there is a newer file, in seconds.
const SPREAD: u32 = 3 * DAY;
/// The pause behind the first try that brought nothing, and the longest, in seconds. It doubles with each.
const PAUSES: (u32, u32) = (5 * MINUTE, DAY);

/// Fetches files of places.
pub struct FetchPlaces {
    downloads: Arc<dyn PlaceDownloads>,
    clock: Arc<dyn Clock>,
    plan: Mutex<Plan>,
}

/// When the next try is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Plan {
    wanted: Option<Wanted>,
    due: Option<Timestamp>,
    in_vain: u32,
}

impl Plan {
    /// Whether to try now, where `wanted` is to be had. `random` is any number.
    fn is_due(&mut self, wanted: Wanted, now: Timestamp, random: u32) -> bool {
        if self.wanted != Some(wanted) {
            *self = Self { wanted: Some(wanted), ..Self::default() };
        }
        let due = match wanted {
            Wanted::Nothing => return false,
            Wanted::Missing => *self.due.get_or_insert(now),
            Wanted::Newer => *self.due.get_or_insert_with(|| now.plus_secs((random % SPREAD).into())),
        };
        // A clock that was set back must not put it off for years.
        now >= due || due.millis_since(now) > 1000 * i64::from(SPREAD.max(2 * PAUSES.1))
    }

    /// Behind a try that brought nothing: waits for longer each time, and for a while of its own.
    fn put_off(&mut self, now: Timestamp, random: u32) {
        let pause =
            PAUSES.0.saturating_mul(1_u32.checked_shl(self.in_vain).unwrap_or(u32::MAX)).min(PAUSES.1);
        let own = random % (pause / 2).max(1);
        self.due = Some(now.plus_secs(i64::from(pause) + i64::from(own)));
        self.in_vain = self.in_vain.saturating_add(1).min(16);
    }
}

impl FetchPlaces {
    /// Fetches what `downloads` wants.
    pub fn new(downloads: Arc<dyn PlaceDownloads>, clock: Arc<dyn Clock>) -> Self {
        Self { downloads, clock, plan: Mutex::default() }
    }

    fn plan<T>(&self, change: impl FnOnce(&mut Plan) -> T) -> T {
        change(&mut self.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Job for FetchPlaces {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "fetch_places",
            about: "fetches files of places once a month",
            when: When::Every(Duration::from_mins(1)),
            max_attempts: 1,
            timeout: Duration::from_mins(30),
        }
    }

    async fn run(&self, _: Option<Fence>) -> Result<(), JobError> {
        let now = self.clock.now();
        let wanted = self.downloads.wanted(now).await;
        if !self.plan(|plan| plan.is_due(wanted, now, random())) {
            return Ok(());
        }
        let left = self.downloads.fetch(now).await;
        let after = self.clock.now();
        match left {
            Ok(Wanted::Nothing) => self.plan(|plan| *plan = Plan::default()),
            Ok(Wanted::Newer | Wanted::Missing) | Err(_) => self.plan(|plan| plan.put_off(after, random())),
        }
        left.map(drop).map_err(|error| JobError::Retry(error.to_string()))
    }
}

/// Any number; where the system gives none, everybody waits for as long.
fn random() -> u32 {
    getrandom::u32().unwrap_or(SPREAD / 2)
}

#[cfg(test)]
mod tests {
    use bangui_domain::model::Timestamp;
    use bangui_domain::ports::Wanted;

    use super::{DAY, HOUR, Plan, SPREAD};

    const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);

    fn in_secs(secs: u32) -> Timestamp {
        NOW.plus_secs(secs.into())
    }

    #[test]
    fn what_is_missing_is_due_at_once_and_what_is_newer_some_day() {
        assert!(Plan::default().is_due(Wanted::Missing, NOW, 7));
        let mut plan = Plan::default();
        assert!(!plan.is_due(Wanted::Newer, NOW, 5 * SPREAD + 3 * HOUR));
        assert!(!plan.is_due(Wanted::Newer, in_secs(3 * HOUR - 1), 0));
        assert!(plan.is_due(Wanted::Newer, in_secs(3 * HOUR), 9));
        assert!(!plan.is_due(Wanted::Nothing, in_secs(3 * HOUR), 9));
        assert!(!plan.is_due(Wanted::Newer, in_secs(3 * HOUR), 9));
        assert!(plan.is_due(Wanted::Missing, in_secs(3 * HOUR), 9), "somebody has deleted it");
    }

    #[test]
    fn tries_in_vain_are_ever_further_apart() {
        let mut plan = Plan::default();
        assert!(plan.is_due(Wanted::Missing, NOW, 0));
        let pauses: Vec<i64> = (0..12)
            .map(|_| {
                plan.put_off(NOW, u32::MAX);
                plan.due.expect("a time").millis_since(NOW) / 60_000
            })
            .collect();
        assert!(
            pauses.is_sorted() && pauses[0] >= 5 && pauses[11] >= 24 * 60 && pauses[11] < 36 * 60,
            "{pauses:?}"
        );
        assert!(!plan.is_due(Wanted::Missing, in_secs(DAY / 2), 0));
        assert!(plan.is_due(Wanted::Missing, in_secs(2 * DAY), 0));
    }

    #[test]
    fn a_clock_that_goes_back_puts_nothing_off_for_years() {
        let mut plan = Plan::default();
        assert!(!plan.is_due(Wanted::Newer, in_secs(1000 * DAY), HOUR));
        assert!(plan.is_due(Wanted::Newer, NOW, 0));
    }
}
