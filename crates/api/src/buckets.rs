//! Cuts a period into stretches that a chart can show: from five minutes to years, so that there are some 120 of them at
//! most. Hours begin where the viewer's clock shows full hours, days where it begins a day, weeks on Monday; the first
//! and the last stretch are cut to the period.

use bangui_domain::model::{Period, Timestamp};
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, ToSpan as _};
use serde::Serialize;
use utoipa::ToSchema;

use crate::zone::Zone;

/// As many stretches as a period is cut into at most, give or take those that are cut.
const MOST: i64 = 120;

/// The length of a stretch (ISO 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) enum Bucket {
    /// Five minutes.
    #[serde(rename = "PT5M")]
    FiveMinutes,
    /// Fifteen minutes.
    #[serde(rename = "PT15M")]
    QuarterHour,
    /// An hour.
    #[serde(rename = "PT1H")]
    Hour,
    /// A quarter of a day: from 0, 6, 12 and 18 o'clock.
    #[serde(rename = "PT6H")]
    QuarterDay,
    /// A day.
    #[serde(rename = "P1D")]
    Day,
    /// A week, from Monday.
    #[serde(rename = "P1W")]
    Week,
    /// A month.
    #[serde(rename = "P1M")]
    Month,
    /// A year, where the period is longer than ten years.
    #[serde(rename = "P1Y")]
    Year,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

impl Bucket {
    const ALL: [Self; 7] = [
        Self::FiveMinutes,
        Self::QuarterHour,
        Self::Hour,
        Self::QuarterDay,
        Self::Day,
        Self::Week,
        Self::Month,
    ];

    /// The shortest that cuts `period` into few enough.
    pub(crate) fn fitting(period: Period) -> Self {
        let length = period.until.millis_since(period.since);
        let fits = |bucket: &Self| length <= bucket.millis().saturating_mul(MOST);
        Self::ALL.into_iter().find(fits).unwrap_or(Self::Year)
    }

    /// About how long it is.
    const fn millis(self) -> i64 {
        match self {
            Self::FiveMinutes => 5 * MINUTE,
            Self::QuarterHour => 15 * MINUTE,
            Self::Hour => 60 * MINUTE,
            Self::QuarterDay => 6 * 60 * MINUTE,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
            Self::Year => 365 * DAY,
        }
    }

    /// Where the stretches of `period` begin, and behind the last one its end: at least two, and ascending.
    pub(crate) fn bounds(self, period: Period, zone: &Zone) -> Vec<Timestamp> {
        let mut bounds = vec![period.since];
        let mut last = period.since;
        for bound in self.between(period, zone) {
            if bound > last && bound < period.until {
                bounds.push(bound);
                last = bound;
            }
        }
        bounds.push(period.until);
        bounds
    }

    /// Beginnings of stretches, ascending, some of them perhaps outside of the period.
    fn between(self, period: Period, zone: &Zone) -> Box<dyn Iterator<Item = Timestamp> + '_> {
        let Some(since) = zone.civil(period.since) else { return Box::new(std::iter::empty()) };
        match self.step() {
            // An hour that the clock shows twice is two stretches.
            None => {
                let step = self.millis();
                let bounds = std::iter::successors(Some(period.since), move |at| next(*at, step, zone));
                Box::new(bounds.skip(1).take_while(move |at| *at < period.until))
            }
            // A day that the calendar skips is none.
            Some(step) => {
                let first = self.floor(since);
                let starts = std::iter::successors(first, move |at| at.checked_add(step).ok());
                let bounds = starts.map_while(|at| zone.moment(at));
                Box::new(bounds.take_while(move |at| *at < period.until))
            }
        }
    }

    /// The step by the calendar; none where the clock alone counts.
    fn step(self) -> Option<Span> {
        match self {
            Self::FiveMinutes | Self::QuarterHour | Self::Hour => None,
            Self::QuarterDay => Some(6.hours()),
            Self::Day => Some(1.day()),
            Self::Week => Some(1.week()),
            Self::Month => Some(1.month()),
            Self::Year => Some(1.year()),
        }
    }

    /// Where the stretch that holds `at` begins, by the calendar.
    fn floor(self, at: DateTime) -> Option<DateTime> {
        let date = at.date();
        let date = match self {
            Self::Week => {
                let since_monday = date.weekday().since(Weekday::Monday);
                date.checked_sub(i64::from(since_monday).days()).ok()?
            }
            Self::Month => date.first_of_month(),
            Self::Year => date.first_of_year(),
            _ => return Some(DateTime::from_parts(date, self.hour(at))),
        };
        Some(midnight(date))
    }

    fn hour(self, at: DateTime) -> Time {
        let hour = if self == Self::QuarterDay { at.hour() / 6 * 6 } else { 0 };
        jiff::civil::time(hour, 0, 0, 0)
    }
}

fn midnight(date: Date) -> DateTime {
    date.to_datetime(Time::midnight())
}

/// The next moment at which the clock shows a multiple of `step`.
fn next(at: Timestamp, step: i64, zone: &Zone) -> Option<Timestamp> {
    let left = |at: Timestamp| Some(step - into_day(zone.civil(at)?).rem_euclid(step));
    let mut bound = at.plus_millis(left(at)?);
    // Where the clock is turned by less than a step, the multiple has moved.
    while let Some(more) = left(bound).filter(|more| *more < step) {
        bound = bound.plus_millis(more);
    }
    Some(bound)
}

/// Milliseconds that the clock shows since midnight.
fn into_day(at: DateTime) -> i64 {
    let minutes = i64::from(at.hour()) * 60 + i64::from(at.minute());
    (minutes * 60 + i64::from(at.second())) * 1_000 + i64::from(at.millisecond())
}

#[cfg(test)]
mod tests;
