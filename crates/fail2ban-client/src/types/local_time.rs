//! A date and time of day without a zone, as fail2ban prints the times of bans.

use std::fmt;
use std::str::FromStr;

/// A civil time in the server's own zone, which the protocol does not tell. Where daylight saving ends, an hour comes
/// twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalDateTime {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

impl LocalDateTime {
    /// A date and time, where there is such a one.
    pub fn new(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        let valid = (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60 && year <= 9999;
        valid.then_some(Self { year, month, day, hour, minute, second })
    }

    /// The year, 0 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> u8 {
        self.minute
    }

    /// The second, 0 to 59.
    pub fn second(self) -> u8 {
        self.second
    }

    /// Seconds since 1970-01-01 00:00:00 of the same zone, as though it never changed its offset.
    pub fn seconds_since_1970(self) -> i64 {
        // Days by years that begin in March, so that the leap day comes last.
        let (month, year) = (i64::from(self.month), i64::from(self.year));
        let (months, years) = if month > 2 { (month - 3, year) } else { (month + 9, year - 1) };
        let era_years = years.rem_euclid(400);
        let in_era =
            era_years * 365 + era_years / 4 - era_years / 100 + (153 * months + 2) / 5 + i64::from(self.day)
                - 1;
        let days = years.div_euclid(400) * 146_097 + in_era - 719_468;
        days * 86_400 + i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }
}

/// A text that is not `YYYY-MM-DD HH:MM:SS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time of the form YYYY-MM-DD HH:MM:SS")]
pub struct LocalDateTimeError;

impl FromStr for LocalDateTime {
    type Err = LocalDateTimeError;

    fn from_str(text: &str) -> Result<Self, LocalDateTimeError> {
        let &[y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2, b' ', h1, h2, b':', mi1, mi2, b':', s1, s2] =
            text.as_bytes()
        else {
            return Err(LocalDateTimeError);
        };
        let number = |digits: &[u8]| {
            let digit = |byte: &u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
            digits.iter().try_fold(0_u16, |sum, byte| digit(byte).map(|digit| sum * 10 + digit))
        };
        let two = |tens, ones| number(&[tens, ones]).and_then(|value| u8::try_from(value).ok());
        let parsed = || {
            Self::new(
                number(&[y1, y2, y3, y4])?,
                two(mo1, mo2)?,
                two(d1, d2)?,
                two(h1, h2)?,
                two(mi1, mi2)?,
                two(s1, s2)?,
            )
        };
        parsed().ok_or(LocalDateTimeError)
    }
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second } = self;
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_seconds() {
        // Reference values: date --utc --date='…' +%s
        for (text, seconds) in [
            ("1970-01-01 00:00:00", 0),
            ("2026-11-23 16:27:13", 1_795_451_233),
            ("2024-02-29 12:34:56", 1_709_210_096),
            ("2000-03-01 00:00:00", 951_868_800),
            ("9999-12-31 23:59:59", 253_402_300_799),
        ] {
            let time: LocalDateTime = text.parse().unwrap();
            assert_eq!(time.seconds_since_1970(), seconds, "{text}");
            assert_eq!(time.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026-02-29 00:00:00",
            "2026-13-01 00:00:00",
            "2026-01-01 24:00:00",
            "2026-01-01T00:00:00",
            "+026-01-01 00:00:00",
            "2026-01-01 00:00:0é",
        ] {
            assert!(text.parse::<LocalDateTime>().is_err(), "{text}");
        }
    }
}
