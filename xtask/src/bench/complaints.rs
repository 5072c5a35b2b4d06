//! What the measured servers have logged as warnings and errors, each kind once with its number: figures of a server that
//! was in trouble meanwhile are other figures.

use std::collections::BTreeMap;
use std::fmt;

/// Lines, counted by their text without time and numbers.
#[derive(Default)]
pub(super) struct Complaints(BTreeMap<String, usize>);

impl Complaints {
    /// Takes those in a log.
    pub(super) fn add(&mut self, log: &str) {
        for line in log.lines() {
            if let Some((_, text)) = line.split_once(' ')
                && ["WARN", "ERROR"].iter().any(|level| text.trim_start().starts_with(level))
            {
                *self.0.entry(without_numbers(text.trim())).or_default() += 1;
            }
        }
    }
}

impl fmt::Display for Complaints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("The servers logged no warning and no error.\n");
        }
        f.write_str("Warnings and errors of the servers:\n\n")?;
        for (text, count) in &self.0 {
            writeln!(f, "- {count} × {text}")?;
        }
        Ok(())
    }
}

/// With `#` for each number, so that lines of one kind are equal. A name with a number in it stays.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    let (mut before, mut number) = (' ', false);
    for c in text.chars() {
        number = c.is_ascii_alphanumeric() && (number || c.is_ascii_digit() && !before.is_alphanumeric());
        if !number {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_kind_are_counted_together() {
        let mut complaints = Complaints::default();
        assert!(complaints.to_string().contains("no warning"));
        complaints
            .add("2026-01-01T00:00:00Z  WARN a: fail2ban pid=12 is gone\n2026-01-01T00:00:01Z  INFO a: up\n");
        complaints
            .add("2026-01-01T00:00:02Z  WARN a: fail2ban pid=7 is gone\n2026-01-01T00:00:02Z ERROR b: no\n");
        let text = complaints.to_string();
        assert!(text.ends_with("\n\n- 1 × ERROR b: no\n- 2 × WARN a: fail2ban pid=# is gone\n"), "{text}");
    }
}
