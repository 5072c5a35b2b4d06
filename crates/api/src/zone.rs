//! The viewer's time zone: what a day is there, and what a wall clock shows. Zones come from the machine's database, or
//! from the one that is built in where the machine has none.

use bangui_domain::model::Timestamp;
use bangui_domain::model::search::{Civil, CivilTime};
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// The longest name of a zone that is looked up.
const MAX_NAME: usize = 100;

/// A time zone.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    pub(crate) fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }

    /// A zone by its IANA name.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let zone = Some(name).filter(|name| name.len() <= MAX_NAME).and_then(|name| TimeZone::get(name).ok());
        let zone = zone.ok_or_else(|| {
            let start: String = name.chars().take(MAX_NAME).collect();
            format!("{start:?} is not a time zone: write one such as Europe/Berlin or UTC")
        })?;
        let name = zone.iana_name().unwrap_or(name).to_owned();
        Ok(Self { name, zone })
    }

    /// Its IANA name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// When a wall clock shows this. What it shows twice is meant the first time; what it skips is read as if it did not.
    pub(crate) fn moment(&self, at: DateTime) -> Option<Timestamp> {
        let at = self.zone.to_timestamp(at).ok()?;
        Some(Timestamp::from_millis(at.as_millisecond()))
    }

    /// What the wall clock shows.
    pub(crate) fn civil(&self, at: Timestamp) -> Option<DateTime> {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(self.zone.to_datetime(at))
    }

    /// When it is what somebody has written; a day means its beginning. `None` outside of the calendar.
    pub(crate) fn resolve(&self, written: Civil) -> Option<Timestamp> {
        let date = Date::new(written.year, written.month, written.day).ok()?;
        let Some(CivilTime { hour, minute, second, milli, offset }) = written.time else {
            return self.moment(date.to_datetime(jiff::civil::Time::midnight()));
        };
        let nanos = i32::from(milli).checked_mul(1_000_000)?;
        let at = date.to_datetime(jiff::civil::Time::new(hour, minute, second, nanos).ok()?);
        let Some(minutes) = offset else { return self.moment(at) };
        let offset = Offset::from_seconds(i32::from(minutes).checked_mul(60)?).ok()?;
        let at = offset.to_timestamp(at).ok()?;
        Some(Timestamp::from_millis(at.as_millisecond()))
    }

    /// A time as text (RFC 3339), with the offset that it has here.
    pub(crate) fn rfc3339(&self, at: Timestamp) -> String {
        let Ok(moment) = jiff::Timestamp::from_millisecond(at.as_millis()) else {
            return crate::wire::time::rfc3339(at);
        };
        format!("{:.3}", moment.display_with_offset(self.zone.to_offset(moment)))
    }
}
