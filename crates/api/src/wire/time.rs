//! Times as the API writes and reads them: RFC 3339, with milliseconds, in UTC.

use bangui_domain::model::Timestamp;

/// A time as text. What lies outside of the years that RFC 3339 can write is moved to their nearest end.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let nearest = if at.as_millis() < 0 { jiff::Timestamp::UNIX_EPOCH } else { jiff::Timestamp::MAX };
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(nearest);
    format!("{at:.3}")
}

/// Reads a time with an offset.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    text.parse::<jiff::Timestamp>().map(|at| Timestamp::from_millis(at.as_millisecond())).map_err(|_| {
        format!(
            "{text:?} is not a time: write one such as 2026-11-23T18:31:48Z or 2026-11-23T19:31:48%2B01:00 \
             (a + in an address has to be written as %2B)"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{parse, rfc3339};
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

    #[test]
    fn offsets_are_understood_and_required() {
        assert_eq!(parse("2026-11-23T19:31:48.123+01:00"), Ok(Timestamp::from_millis(1_795_458_708_123)));
        assert_eq!(parse("2026-11-23T18:31:48Z"), Ok(Timestamp::from_millis(1_795_458_708_000)));
        for text in ["", "yesterday", "2026-11-23", "2026-11-23T18:31:48", "2026-11-23T19:31:48 01:00"] {
            assert!(parse(text).is_err_and(|message| message.contains("%2B")), "{text}");
        }
    }
}
