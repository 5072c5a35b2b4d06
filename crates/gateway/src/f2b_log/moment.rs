//! The moments that the times of a log stand for: a wall clock runs forward but for an hour a year, and a time without a year
//! is of the one in which the file was written, or of one before.

use bangui_domain::model::Timestamp;
use bangui_domain::ports::LocalTime;
use fail2ban_client::LocalDateTime;

use super::stamp::{MonthTime, Stamp};
use crate::zone::Zone;

/// Threads of fail2ban write their lines a little out of order. More than that is a clock that was set back.
pub(super) const DISORDER_MILLIS: i64 = 60_000;
pub(super) const DAY_MILLIS: i64 = 86_400_000;
/// The last year that fail2ban's calendar has. Not all of it is a moment in every time zone.
const LAST_YEAR: u16 = 9_999;
/// The 29th of February comes again within so many years.
const YEARS: u16 = 8;

/// Follows the times of one file.
#[derive(Debug)]
pub(super) struct Clock {
    last: Option<Timestamp>,
    /// No line is younger.
    written_at: Timestamp,
    yearless: u64,
}

impl Clock {
    /// Follows a file that was written last at `written_at`.
    pub(super) fn new(written_at: Timestamp) -> Self {
        Self { last: None, written_at, yearless: 0 }
    }

    /// How many times had no year.
    pub(super) fn yearless(&self) -> u64 {
        self.yearless
    }

    /// The moment that a time stands for. In the hour that the end of daylight saving repeats, the first moment that is not
    /// before the line above counts.
    pub(super) fn moment(&mut self, stamp: &Stamp, zone: &Zone) -> Option<Timestamp> {
        let at = match stamp {
            Stamp::Exact(millis) => Timestamp::from_millis(*millis),
            Stamp::Wall(civil, millis, None) => self.wall(*civil, zone)?.plus_millis((*millis).into()),
            Stamp::Wall(civil, millis, Some(name)) => {
                let moments = match zone.resolve(*civil)? {
                    LocalTime::Exact(at) => [Some(at), None],
                    LocalTime::Repeated(first, second) => [Some(first), Some(second)],
                };
                let at = moments.into_iter().flatten().find(|at| zone.is_called(name, *at))?;
                at.plus_millis((*millis).into())
            }
            Stamp::Yearless(short) => {
                let at = self.of_some_year(*short, zone)?.plus_millis(short.millis.into());
                self.yearless += 1;
                at
            }
        };
        self.last = Some(at);
        Some(at)
    }

    fn wall(&self, civil: LocalDateTime, zone: &Zone) -> Option<Timestamp> {
        Some(match zone.resolve(civil)? {
            LocalTime::Exact(at) => at,
            LocalTime::Repeated(first, second) => match self.last {
                Some(last) if first.millis_since(last) < -DISORDER_MILLIS => second,
                _ => first,
            },
        })
    }

    /// The first moment that is not before the line above, unless that would be after the file was written: then a clock was
    /// set back, and the nearest counts. Of the first line of a file, the last moment before the file was written.
    fn of_some_year(&self, short: MonthTime, zone: &Zone) -> Option<Timestamp> {
        let latest = self.written_at.plus_millis(DAY_MILLIS);
        let year = year_of(latest)?;
        let in_year = |year: u16| short.of_year(year).and_then(|civil| self.wall(civil, zone));
        let years = (year.saturating_sub(YEARS)..=year).rev();
        let mut possible = years.filter_map(in_year).filter(|at| *at <= latest);
        let Some(last) = self.last else { return possible.next() };
        let possible: Vec<Timestamp> = possible.collect();
        let forward = possible.iter().rev().find(|at| at.millis_since(last) >= -DAY_MILLIS);
        forward.or_else(|| possible.iter().min_by_key(|at| at.millis_since(last).abs())).copied()
    }
}

/// The year of a moment in UTC, or one more at its end.
fn year_of(at: Timestamp) -> Option<u16> {
    let at = jiff::Timestamp::from_millisecond(at.plus_millis(DAY_MILLIS).as_millis()).ok()?;
    u16::try_from(jiff::tz::Offset::UTC.to_datetime(at).year()).ok()
}

/// A date and time that stands within a line, of a moment before `at`, or of that one.
pub(super) fn before(text: &str, at: Timestamp, zone: &Zone) -> Option<Timestamp> {
    local(text, zone).map(|local| local.resolve(at.plus_millis(1_000)))
}

/// When a ban ends that is told at `at`; `Some(None)` if never. fail2ban writes the last second of the year 9999 for an end
/// that is further away than its calendar goes.
#[expect(clippy::option_option, reason = "not understood, and understood as never")]
pub(super) fn end_of(text: &str, at: Timestamp, zone: &Zone) -> Option<Option<Timestamp>> {
    let civil: LocalDateTime = text.parse().ok()?;
    match zone.resolve(civil) {
        Some(LocalTime::Exact(moment)) => Some(Some(moment)),
        Some(LocalTime::Repeated(first, second)) => Some(Some(if first >= at { first } else { second })),
        None if civil.year() == LAST_YEAR => Some(None),
        None => None,
    }
}

fn local(text: &str, zone: &Zone) -> Option<LocalTime> {
    zone.resolve(text.parse::<LocalDateTime>().ok()?)
}
