//! fail2ban prints the times of bans as wall-clock time of its own zone, without an offset. This is the way from
//! there to a point in time.

use bangui_domain::model::Timestamp;
use bangui_domain::ports::LocalTime;
use fail2ban_client::LocalDateTime;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use thiserror::Error;

/// A name that the time zone database does not have.
#[derive(Debug, Error)]
#[error("{name} is not a known time zone: {reason}")]
pub struct UnknownZone {
    name: String,
    reason: String,
}

/// The time zone that fail2ban prints times in.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// This machine's zone: right wherever fail2ban runs with the same one.
    pub fn system() -> Self {
        Self(TimeZone::system())
    }

    /// A zone by its name, such as `Europe/Berlin`.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name)
            .map(Self)
            .map_err(|error| UnknownZone { name: name.to_owned(), reason: error.to_string() })
    }

    /// The moment that a wall clock of this zone shows. An hour that the beginning of daylight saving skips is
    /// read as if it had not begun; one that its end repeats has two answers. `None` outside the calendar.
    pub fn resolve(&self, local: LocalDateTime) -> Option<LocalTime> {
        let civil = DateTime::new(
            i16::try_from(local.year()).ok()?,
            i8::try_from(local.month()).ok()?,
            i8::try_from(local.day()).ok()?,
            i8::try_from(local.hour()).ok()?,
            i8::try_from(local.minute()).ok()?,
            i8::try_from(local.second()).ok()?,
            0,
        )
        .ok()?;
        let at = |offset: Offset| {
            let moment = offset.to_timestamp(civil).ok()?;
            Some(Timestamp::from_secs(moment.as_second()))
        };
        match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset).map(LocalTime::Exact),
            AmbiguousOffset::Gap { before, .. } => at(before).map(LocalTime::Exact),
            AmbiguousOffset::Fold { before, after } => Some(LocalTime::Repeated(at(before)?, at(after)?)),
        }
    }

    /// Whether the zone goes by this short name at that moment, such as `CEST` in summer.
    pub(crate) fn is_called(&self, name: &str, at: Timestamp) -> bool {
        let moment = jiff::Timestamp::from_millisecond(at.as_millis());
        moment.is_ok_and(|moment| self.0.to_offset_info(moment).abbreviation() == name)
    }
}

#[cfg(test)]
mod tests {
    use bangui_domain::model::Timestamp;
    use bangui_domain::ports::LocalTime;
    use fail2ban_client::LocalDateTime;

    use super::Zone;

    fn resolve(zone: &str, text: &str) -> Option<LocalTime> {
        let local: LocalDateTime = text.parse().expect("a local time");
        Zone::named(zone).expect("a zone").resolve(local)
    }

    #[test]
    fn a_wall_clock_is_read_in_its_own_zone() {
        let summer = Timestamp::from_secs(1_782_907_200);
        assert_eq!(resolve("UTC", "2026-07-01 12:00:00"), Some(LocalTime::Exact(summer)));
        assert_eq!(resolve("Europe/Berlin", "2026-07-01 14:00:00"), Some(LocalTime::Exact(summer)));
    }

    #[test]
    fn the_repeated_hour_has_two_answers_and_the_skipped_one_has_one() {
        let first = Timestamp::from_secs(1_792_889_100);
        assert_eq!(
            resolve("Europe/Berlin", "2026-10-25 02:45:00"),
            Some(LocalTime::Repeated(first, first.plus_secs(3600)))
        );
        assert!(matches!(resolve("Europe/Berlin", "2026-03-29 02:30:00"), Some(LocalTime::Exact(_))));
    }

    #[test]
    fn an_unknown_zone_is_named() {
        let error = Zone::named("Middle/Earth").expect_err("no such zone").to_string();
        assert!(error.contains("Middle/Earth"), "{error}");
    }
}
