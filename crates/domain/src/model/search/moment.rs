//! A point in time as people write it: so long ago, a day, a wall clock, or with an offset. What a wall clock means
//! depends on the zone of whoever reads it, and is found out elsewhere.

use std::fmt;

use thiserror::Error;

use crate::model::Timestamp;

/// A point in time, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// `all`: when the history begins.
    Beginning,
    /// So long before now, such as `7d`.
    Ago {
        /// How many; at least 1.
        count: u32,
        /// Of what.
        unit: Unit,
    },
    /// By the calendar.
    Civil(Civil),
}

/// A length of time. A day has 24 hours here, whatever the clocks do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `m`.
    Minutes,
    /// `h`.
    Hours,
    /// `d`.
    Days,
    /// `w`.
    Weeks,
}

/// A day that exists, and perhaps a time of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// 1970 to 9999.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31, as far as the month goes.
    pub day: i8,
    /// The time; without one, the day's beginning is meant.
    pub time: Option<CivilTime>,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CivilTime {
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
    /// 0 to 59.
    pub second: i8,
    /// 0 to 999.
    pub milli: i16,
    /// How far its clock is before UTC, in minutes; without it, the reader's zone is meant.
    pub offset: Option<i16>,
}

/// A text that is no point in time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is not a time: write {instead}")]
pub struct MomentError {
    text: String,
    instead: &'static str,
}

const FORMS: &str = "30m, 12h, 7d or 2w for so long ago, 2026-11-01 for a day, 2026-11-01T12:00 for your own clock, \
    or 2026-11-01T12:00:00Z with an offset";

impl Moment {
    /// The most that is read of a number of units.
    const MAX_COUNT: u32 = 99_999;

    /// Reads the beginning of a time.
    pub fn parse_since(text: &str) -> Result<Self, MomentError> {
        if text.eq_ignore_ascii_case("all") {
            return Ok(Self::Beginning);
        }
        Self::parse_until(text)
    }

    /// Reads the end of a time, which cannot be `all`.
    pub fn parse_until(text: &str) -> Result<Self, MomentError> {
        let moment = ago(text).or_else(|| civil(text).map(Self::Civil));
        moment.ok_or_else(|| MomentError { text: text.chars().take(100).collect(), instead: FORMS })
    }
}

impl Unit {
    const ALL: [Self; 4] = [Self::Minutes, Self::Hours, Self::Days, Self::Weeks];

    const fn letter(self) -> char {
        match self {
            Self::Minutes => 'm',
            Self::Hours => 'h',
            Self::Days => 'd',
            Self::Weeks => 'w',
        }
    }

    const fn secs(self) -> i64 {
        match self {
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
            Self::Weeks => 604_800,
        }
    }

    /// So many of these before `now`; never before 1970.
    pub fn before(self, now: Timestamp, count: u32) -> Timestamp {
        now.plus_secs(self.secs().saturating_mul(i64::from(count)).saturating_neg())
            .max(Timestamp::from_millis(0))
    }
}

fn ago(text: &str) -> Option<Moment> {
    let letter = text.chars().next_back()?.to_ascii_lowercase();
    let unit = Unit::ALL.into_iter().find(|unit| unit.letter() == letter)?;
    let digits = text.get(..text.len().checked_sub(1)?)?;
    let count = number(digits, 1..=5).filter(|count| (1..=Moment::MAX_COUNT).contains(count))?;
    Some(Moment::Ago { count, unit })
}

/// Digits alone, as many as allowed.
fn number<T: TryFrom<u32>>(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<T> {
    if !length.contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    T::try_from(text.parse::<u32>().ok()?).ok()
}

fn civil(text: &str) -> Option<Civil> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(clock(time)?)),
        None => (text, None),
    };
    let (year, rest) = date.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let (year, month, day) = (number(year, 4..=4)?, number(month, 2..=2)?, number(day, 2..=2)?);
    let exists = year >= 1970 && (1..=days(year, month)?).contains(&day);
    exists.then_some(Civil { year, month, day, time })
}

fn days(year: i16, month: i8) -> Option<i8> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

fn clock(text: &str) -> Option<CivilTime> {
    let (time, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => {
            let (time, offset) = text.split_at_checked(at)?;
            (time, Some(minutes(offset)?))
        }
        None => (text, None),
    };
    let (time, fraction) = match time.split_once('.') {
        Some((time, fraction)) => (time, Some(fraction)),
        None => (time, None),
    };
    let mut parts = time.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || (second.is_none() && fraction.is_some()) {
        return None;
    }
    let milli = fraction.map_or(Some(0), millis)?;
    let part = |text: &str, most: i8| number(text, 2..=2).filter(|value| *value <= most);
    let second = part(second.unwrap_or("00"), 59)?;
    Some(CivilTime { hour: part(hour, 23)?, minute: part(minute, 59)?, second, milli, offset })
}

/// Thousandths of a second; finer parts are dropped.
fn millis(fraction: &str) -> Option<i16> {
    number::<u32>(fraction, 1..=9)?;
    let digits: String = fraction.chars().chain("00".chars()).take(3).collect();
    number(&digits, 3..=3)
}

fn minutes(offset: &str) -> Option<i16> {
    if matches!(offset, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = offset.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i16, i16) = (number(hours, 2..=2)?, number(minutes, 2..=2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let all = hours * 60 + minutes;
    Some(if sign == "-" { -all } else { all })
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beginning => f.write_str("all"),
            Self::Ago { count, unit } => write!(f, "{count}{}", unit.letter()),
            Self::Civil(civil) => civil.fmt(f),
        }
    }
}

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)?;
        let Some(time) = self.time else { return Ok(()) };
        write!(f, "T{:02}:{:02}", time.hour, time.minute)?;
        if time.second != 0 || time.milli != 0 {
            write!(f, ":{:02}", time.second)?;
        }
        if time.milli != 0 {
            write!(f, ".{:03}", time.milli)?;
        }
        match time.offset {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let (sign, size) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
                write!(f, "{sign}{:02}:{:02}", size / 60, size % 60)
            }
        }
    }
}
