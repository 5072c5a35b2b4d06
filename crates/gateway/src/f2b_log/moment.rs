//! The times that stand in fail2ban's log: a wall clock, which runs forward but for an hour a year, or the time of whoever
//! wrote the line down for fail2ban, which has an offset.

use bangui_domain::model::Timestamp;
use bangui_domain::ports::LocalTime;
use fail2ban_client::LocalDateTime;

use crate::zone::Zone;

/// Threads of fail2ban write their lines a little out of order.
const DISORDER_MILLIS: i64 = 60_000;
/// The characters of a date and time: `2026-05-01 12:00:00`.
const CIVIL: usize = 19;
/// Those of a date.
const DATE: usize = 10;
/// The last year that fail2ban's calendar has. Not all of it is a moment in every time zone.
const LAST_YEAR: u16 = 9_999;

/// Follows the times of one file.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last: Option<Timestamp>,
}

impl Clock {
    /// Reads the time at the beginning of a line, and answers what comes behind it. In the hour that the end of daylight
    /// saving repeats, the first moment that is not before the line above counts.
    pub(super) fn read<'a>(&mut self, line: &'a str, zone: &Zone) -> Option<(Timestamp, &'a str)> {
        let line = line.trim_start();
        let (at, rest) = if line.as_bytes().get(DATE) == Some(&b'T') {
            let (text, rest) = line.split_once(' ')?;
            let at: jiff::Timestamp = text.parse().ok()?;
            (Timestamp::from_millis(at.as_millisecond()), rest)
        } else {
            self.wall(line, zone)?
        };
        self.last = self.last.max(Some(at));
        Some((at, rest))
    }

    fn wall<'a>(&self, line: &'a str, zone: &Zone) -> Option<(Timestamp, &'a str)> {
        let (text, rest) = line.split_at_checked(CIVIL)?;
        let (fraction, rest) = rest.split_once(' ')?;
        let millis = match fraction.strip_prefix([',', '.']) {
            None if fraction.is_empty() => 0,
            Some(digits) if digits.len() <= 3 => digits.parse::<u16>().ok()?,
            _ => return None,
        };
        let second = match local(text, zone)? {
            LocalTime::Exact(at) => at,
            LocalTime::Repeated(first, second) => match self.last {
                Some(last) if first.millis_since(last) < -DISORDER_MILLIS => second,
                _ => first,
            },
        };
        Some((second.plus_millis(i64::from(millis)), rest))
    }
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
