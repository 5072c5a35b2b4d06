//! Times as the API writes them: RFC 3339, with milliseconds, in UTC.

use bangui_domain::model::Timestamp;

/// A time as text. What lies outside of the years that RFC 3339 can write is moved to their nearest end.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let nearest = if at.as_millis() < 0 { jiff::Timestamp::UNIX_EPOCH } else { jiff::Timestamp::MAX };
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(nearest);
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::rfc3339;
    use bangui_domain::model::Timestamp;

    #[test]
    fn times_have_milliseconds_and_an_offset() {
        assert_eq!(rfc3339(Timestamp::from_millis(1_795_458_708_123)), "2026-11-23T18:31:48.123Z");
        assert_eq!(rfc3339(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn times_beyond_the_calendar_stay_writable() {
        assert!(rfc3339(Timestamp::from_millis(i64::MAX)).starts_with("9999-12-"));
        assert_eq!(rfc3339(Timestamp::from_millis(i64::MIN)), "1970-01-01T00:00:00.000Z");
    }
}
