//! Times as the API writes and reads them: RFC 3339, with milliseconds, in UTC.

use bangui_domain::model::Timestamp;

/// A time as text. What lies outside of the years that RFC 3339 can write is moved to their nearest end.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let nearest = if at.as_millis() < 0 { jiff::Timestamp::UNIX_EPOCH } else { jiff::Timestamp::MAX };
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(nearest);
    format!("{at:.3}")
}

/// Reads a time with its offset.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    let at: Result<jiff::Timestamp, _> = text.parse();
    let at = at.map_err(|_| "not a time: write one such as 2027-01-31T18:00:00Z".to_owned())?;
    Ok(Timestamp::from_millis(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::{moment, rfc3339};
    use bangui_domain::model::Timestamp;

    #[test]
    fn times_have_milliseconds_and_an_offset() {
        assert_eq!(rfc3339(Timestamp::from_millis(1_795_458_708_123)), "2026-11-23T18:31:48.123Z");
        assert_eq!(rfc3339(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn times_are_read_with_their_offset() {
        let at = Timestamp::from_millis(1_795_458_708_123);
        assert_eq!(moment("2026-11-23T18:31:48.123Z"), Ok(at));
        assert_eq!(moment("2026-11-23T20:31:48.123+02:00"), Ok(at));
        for text in ["", "2026-11-23", "2026-11-23T18:31:48", "tomorrow", "1795458708"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_beyond_the_calendar_stay_writable() {
        assert!(rfc3339(Timestamp::from_millis(i64::MAX)).starts_with("9999-12-"));
        assert_eq!(rfc3339(Timestamp::from_millis(i64::MIN)), "1970-01-01T00:00:00.000Z");
    }
}
