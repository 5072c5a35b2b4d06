//! A point in time as the domain and the database hold it. Knows no calendar and no time zone.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The last second that a calendar with years of four digits has in every time zone. What a server, a log or a file
    /// says of later moments is no date, and bans that last longer are permanent.
    pub const CALENDAR_END: Self = Self::from_secs(253_402_207_200);

    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch; saturates at the ends of the range.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down: the unit that fail2ban counts in.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This time moved by `millis` (negative: earlier); saturates.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This time moved by `secs` (negative: earlier); saturates.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        self.plus_millis(secs.saturating_mul(1000))
    }

    /// The moment that a server, a log or a file calls `secs` seconds since the epoch; `None` before the epoch and beyond
    /// [the end of the calendar](Self::CALENDAR_END).
    pub fn from_told_secs(secs: i64) -> Option<Self> {
        (0..=Self::CALENDAR_END.as_secs()).contains(&secs).then(|| Self::from_secs(secs))
    }

    /// Milliseconds from `earlier` to this; negative if `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn seconds_round_down_on_both_sides_of_the_epoch() {
        assert_eq!(Timestamp::from_millis(1_999).as_secs(), 1);
        assert_eq!(Timestamp::from_millis(-1).as_secs(), -1);
    }

    #[test]
    fn told_moments_are_within_the_calendar() {
        let last = Timestamp::CALENDAR_END.as_secs();
        assert_eq!(Timestamp::from_told_secs(last), Some(Timestamp::CALENDAR_END));
        for secs in [-1, i64::MIN, last + 1, i64::MAX] {
            assert_eq!(Timestamp::from_told_secs(secs), None, "{secs}");
        }
    }

    #[test]
    fn moving_saturates_instead_of_wrapping() {
        assert_eq!(Timestamp::from_millis(i64::MAX).plus_secs(1).as_millis(), i64::MAX);
        assert_eq!(Timestamp::from_secs(i64::MIN).as_millis(), i64::MIN);
    }
}
