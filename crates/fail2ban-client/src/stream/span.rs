//! Spans of time as fail2ban's configuration writes them, `10m` or `1d 12h`, read here into seconds: the server would
//! evaluate the text as Python code.

/// The seconds of a text; `None` where it is no sum of numbers with units, or no whole number. A month is the twelfth
/// part of a year, and a year 365.25 days, as fail2ban counts. Without a unit a number is seconds.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    if text.is_empty() {
        return None;
    }
    let mut rest = text;
    // In thousandths, so that `1.5h` is exact.
    let mut sum = 0_i64;
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, after) = split(after.trim_start(), |c| c.is_ascii_alphabetic());
        sum = sum.checked_add(thousandths(number)?.checked_mul(unit_seconds(unit)?)?)?;
        let after = after.trim_start();
        rest = match after.strip_prefix('+') {
            Some(more) if more.trim_start().is_empty() => return None,
            Some(more) => more.trim_start(),
            None => after,
        };
    }
    (sum % 1000 == 0).then_some(sum / 1000)
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn thousandths(number: &str) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 3 || fraction.contains('.') {
        return None;
    }
    let parts = format!("{whole}{fraction:0<3}");
    if whole.is_empty() { None } else { parts.parse().ok() }
}

fn unit_seconds(unit: &str) -> Option<i64> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "" | "s" | "ss" | "se" | "sec" | "second" | "seconds" => 1,
        "m" | "mm" | "mi" | "min" | "minute" | "minutes" => 60,
        "h" | "hh" | "ho" | "hou" | "hour" | "hours" => 3600,
        "d" | "dd" | "da" | "day" | "days" => 86_400,
        "w" | "ww" | "we" | "wee" | "week" | "weeks" => 604_800,
        "mo" | "mon" | "month" | "months" => 2_629_800,
        "y" | "yy" | "ye" | "yea" | "year" | "years" => 31_557_600,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn what_is_no_sum_of_numbers_with_units_is_refused() {
        for text in [
            "",
            " ",
            "m",
            "10x",
            "1h-30m",
            "2*60",
            "1+",
            "+",
            "1..5h",
            ".5h",
            "0.0001s",
            "1.5",
            "1 + + 2",
            "__import__('os')",
            "99999999999999999d",
            "1e3",
        ] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
        assert_eq!(seconds("-1"), Some(-1));
        assert_eq!(seconds("1.5h"), Some(5400));
    }
}
