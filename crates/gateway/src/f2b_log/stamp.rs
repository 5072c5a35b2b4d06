//! The spellings of a date and time that stand in logs: fail2ban's own, those of syslog, the journal and containers. Knows
//! no time zone, and no year that is not written.

use fail2ban_client::LocalDateTime;

/// The characters of a date and time: `2026-05-01 12:00:00`.
const CIVIL: usize = 19;
/// The months as syslog writes them.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The days as systemd writes them.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A time as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stamp {
    /// A moment, in milliseconds since 1970: it has an offset.
    Exact(i64),
    /// What a clock on the wall shows, its milliseconds, and the short name of its zone where that is written.
    Wall(LocalDateTime, u16, Option<String>),
    /// The same without a year: `02-28 23:59:59`.
    Yearless(MonthTime),
}

/// A date and time without its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MonthTime {
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    /// The thousandths.
    pub(super) millis: u16,
}

impl MonthTime {
    /// The date and time of a year, where that has such a day.
    pub(super) fn of_year(self, year: u16) -> Option<LocalDateTime> {
        LocalDateTime::new(year, self.month, self.day, self.hour, self.minute, self.second)
    }
}

impl Stamp {
    /// Reads the time that `text` begins with, and answers what comes behind it.
    pub(super) fn read(text: &str) -> Option<(Self, &str)> {
        let (stamp, rest) = match text.as_bytes() {
            [b'0'..=b'9', ..] => Self::of_digits(text)?,
            [b'A'..=b'Z', ..] => Self::of_name(text)?,
            _ => return None,
        };
        (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((stamp, rest))
    }

    /// `2026-05-01 12:00:00,123`, with `T` or a blank, any fraction and any offset; or seconds since 1970 with a fraction.
    fn of_digits(text: &str) -> Option<(Self, &str)> {
        let Some((civil, rest)) = civil(text) else { return seconds(text) };
        let (millis, rest) = fraction(rest)?;
        let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        if word.is_empty() {
            // `%z` of a format of one's own stands apart.
            if let Some((offset, further)) = behind.split_at_checked(5)
                && further.starts_with(char::is_whitespace)
                && let Some(moment) = exact(civil, millis, offset)
            {
                return Some((moment, further));
            }
            return Some((Self::Wall(civil, millis, None), rest));
        }
        let behind = rest.get(word.len()..).unwrap_or_default();
        Some((exact(civil, millis, word)?, behind))
    }

    /// `May  1 12:00:00`, `May  1 2026 12:00:00` or `Fri 2026-05-01 12:00:00 CEST`.
    fn of_name(text: &str) -> Option<(Self, &str)> {
        let (name, rest) = text.split_once(char::is_whitespace)?;
        let rest = rest.trim_start();
        if DAYS.contains(&name) {
            let (civil, rest) = civil(rest)?;
            let (millis, rest) = fraction(rest)?;
            let rest = rest.strip_prefix(' ')?;
            let (zone, rest) = rest.split_at_checked(rest.find(' ')?)?;
            return match exact(civil, millis, zone) {
                Some(moment) => Some((moment, rest)),
                None => Some((Self::Wall(civil, millis, Some(zone.to_owned())), rest)),
            };
        }
        let month = u8::try_from(MONTHS.iter().position(|month| *month == name)?).ok()? + 1;
        let (day, rest) = rest.split_once(' ')?;
        let (year, rest) = match rest.split_once(' ') {
            Some((year, rest)) if year.len() == 4 => (Some(year.parse().ok()?), rest),
            _ => (None, rest),
        };
        let (time, rest) = rest.split_at_checked(8)?;
        let (millis, rest) = fraction(rest)?;
        let &[h1, h2, b':', m1, m2, b':', s1, s2] = time.as_bytes() else { return None };
        let two = |tens: u8, ones: u8| {
            let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
            digits.then(|| (tens - b'0') * 10 + (ones - b'0'))
        };
        let (day, hour, minute, second) = (day.parse().ok()?, two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
        let short = MonthTime { month, day, hour, minute, second, millis };
        match year {
            Some(year) => Some((Self::Wall(short.of_year(year)?, millis, None), rest)),
            // Of a leap year, so that its last day of February is one.
            None => short.of_year(2_024).map(|_| (Self::Yearless(short), rest)),
        }
    }
}

/// A date and time with a blank or `T` in between.
fn civil(text: &str) -> Option<(LocalDateTime, &str)> {
    let (civil, rest) = text.split_at_checked(CIVIL)?;
    let civil = match civil.split_once('T') {
        Some((date, time)) => format!("{date} {time}").parse().ok()?,
        None => civil.parse().ok()?,
    };
    Some((civil, rest))
}

/// The fraction of a second, in up to nine digits, cut to thousandths; nothing is one too.
fn fraction(rest: &str) -> Option<(u16, &str)> {
    let Some(digits) = rest.strip_prefix([',', '.']) else { return Some((0, rest)) };
    let end = digits.find(|char: char| !char.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(end)?;
    if !(1..=9).contains(&digits.len()) {
        return None;
    }
    let millis = format!("{digits:0<3}");
    Some((millis.get(..3)?.parse().ok()?, rest))
}

/// The moment of a date and time with an offset: `Z`, `UTC`, `GMT`, `+02:00`, `+0200` or `+02`.
fn exact(civil: LocalDateTime, millis: u16, offset: &str) -> Option<Stamp> {
    let secs = if matches!(offset, "Z" | "UTC" | "GMT") { 0 } else { offset_secs(offset)? };
    let since = civil.seconds_since_1970().checked_sub(secs)?;
    Some(Stamp::Exact(since.checked_mul(1_000)?.checked_add(i64::from(millis))?))
}

fn offset_secs(offset: &str) -> Option<i64> {
    let (sign, digits) = match offset.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, offset.strip_prefix('-')?),
    };
    let digits: String = digits.chars().filter(|char| *char != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = if digits.len() == 4 { digits.get(2..)?.parse().ok()? } else { 0 };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Seconds since 1970, with a fraction: those without one are a number of anything.
fn seconds(text: &str) -> Option<(Stamp, &str)> {
    let (number, rest) = text.split_at_checked(text.find(char::is_whitespace)?)?;
    let (secs, fraction) = number.split_once('.')?;
    if !(9..=10).contains(&secs.len())
        || !secs.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let (millis, _) = self::fraction(number.get(secs.len()..)?)?;
    let moment = secs.parse::<i64>().ok()?.checked_mul(1_000)?;
    Some((Stamp::Exact(moment.checked_add(i64::from(millis))?), rest))
}
