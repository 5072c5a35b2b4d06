//! How the reading of fail2ban's database goes on while there is more of it than one look takes.

use std::time::Duration;

use super::Timestamp;

/// A reading that has begun and not come to the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatchUp {
    /// When it began.
    pub since: Timestamp,
    /// How long it has gone on, by a clock that nobody can set.
    pub took: Duration,
    /// Rows that were read.
    pub rows: u64,
    /// Rows that are left: no more than that, since some row numbers may be free.
    pub left: u64,
}

impl CatchUp {
    /// Rows a second; 0 where no time has passed.
    pub fn rows_per_second(&self) -> u64 {
        let per_second = u128::from(self.rows) * 1_000;
        let rate = per_second.checked_div(self.took.as_millis()).unwrap_or_default();
        u64::try_from(rate).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CatchUp, Timestamp};

    #[test]
    fn the_rate_is_rows_by_time_and_nothing_without_time() {
        let rate = |rows, millis| {
            let took = Duration::from_millis(millis);
            CatchUp { since: Timestamp::from_secs(0), took, rows, left: 0 }.rows_per_second()
        };
        assert_eq!([rate(0, 0), rate(5, 0), rate(3_000, 1_500), rate(1, 2_000)], [0, 0, 2_000, 0]);
        assert_eq!(rate(u64::MAX, 1), u64::MAX);
    }
}
