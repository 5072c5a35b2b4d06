//! How many tests passed, failed and were skipped, read from what the runners themselves report.

use std::fmt;
use std::ops::AddAssign;

use anyhow::{Context, Result};
use serde_json::Value;

/// Counts of one or many runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Tests that ran and passed.
    pub(crate) passed: u64,
    /// Tests that ran and failed.
    pub(crate) failed: u64,
    /// Tests that exist and were not run.
    pub(crate) skipped: u64,
}

impl Counts {
    /// Reads the line by which cargo-nextest, or the test harness of rustc, closes a run.
    /// Any other line counts nothing; nor does the harness's where nextest shows it, indented, as the output of a test.
    pub(crate) fn from_rust_line(line: &str) -> Option<Self> {
        if let Some(summary) = line.trim().strip_prefix("Summary [") {
            let (_, tests) = summary.split_once(" run: ")?;
            return Some(Self::from_words(tests, ", "));
        }
        let summary = line.strip_prefix("test result: ")?;
        let (_, tests) = summary.split_once(". ")?;
        Some(Self::from_words(tests, "; "))
    }

    /// Reads `12 passed, 1 failed`. Parts in parentheses (slow, flaky, leaky) qualify another number.
    fn from_words(text: &str, separator: &str) -> Self {
        let mut counts = Self::default();
        let without_details: String = {
            let mut depth = 0_u32;
            text.chars()
                .filter(|c| match c {
                    '(' => {
                        depth += 1;
                        false
                    }
                    ')' => {
                        depth = depth.saturating_sub(1);
                        false
                    }
                    _ => depth == 0,
                })
                .collect()
        };
        for part in without_details.split(separator) {
            let mut words = part.split_whitespace();
            let Some(number) = words.next().and_then(|word| word.parse::<u64>().ok()) else { continue };
            match words.collect::<Vec<_>>().join(" ").as_str() {
                "passed" => counts.passed += number,
                "failed" | "exec failed" | "timed out" => counts.failed += number,
                "skipped" | "ignored" => counts.skipped += number,
                _ => {}
            }
        }
        counts
    }

    /// Reads the report of vitest's `json` reporter.
    pub(crate) fn from_vitest(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("vitest's report is not JSON")?;
        Ok(Self {
            passed: number(&report, "/numPassedTests")?,
            failed: number(&report, "/numFailedTests")?,
            skipped: number(&report, "/numPendingTests")? + number(&report, "/numTodoTests")?,
        })
    }

    /// Reads the report of Playwright's `json` reporter. A flaky test failed and then passed: it passed.
    pub(crate) fn from_playwright(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("Playwright's report is not JSON")?;
        Ok(Self {
            passed: number(&report, "/stats/expected")? + number(&report, "/stats/flaky")?,
            failed: number(&report, "/stats/unexpected")?,
            skipped: number(&report, "/stats/skipped")?,
        })
    }

    /// Tests that were run.
    pub(crate) fn run(self) -> u64 {
        self.passed + self.failed
    }
}

fn number(report: &Value, pointer: &str) -> Result<u64> {
    report
        .pointer(pointer)
        .and_then(Value::as_u64)
        .with_context(|| format!("the report has no number {pointer}"))
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts { passed, failed, skipped }
    }

    #[test]
    fn nextest_closing_lines_count() {
        let line = "     Summary [  10.204s] 12 tests run: 9 passed (1 slow, 2 flaky), 2 failed, 1 timed out, 3 skipped";
        assert_eq!(Counts::from_rust_line(line), Some(counts(9, 3, 3)));
        let short = "     Summary [   0.011s] 1 test run: 1 passed, 0 skipped";
        assert_eq!(Counts::from_rust_line(short), Some(counts(1, 0, 0)));
        let broken_off = "     Summary [   0.5s] 3/12 tests run: 2 passed, 1 failed, 0 skipped";
        assert_eq!(Counts::from_rust_line(broken_off), Some(counts(2, 1, 0)));
    }

    #[test]
    fn harness_closing_lines_count() {
        let line = "test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 5 filtered out; finished in 0.00s";
        assert_eq!(Counts::from_rust_line(line), Some(counts(3, 1, 2)));
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(Counts::from_rust_line("test tidy::ok ... ok"), None);
        assert_eq!(Counts::from_rust_line("7 passed, 0 failed"), None);
        let shown = "    test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 16 filtered out; finished in 1.0s";
        assert_eq!(Counts::from_rust_line(shown), None, "nextest counts it in its own line");
    }

    #[test]
    fn reports_of_the_web_runners_count() {
        let vitest = r#"{"numPassedTests":5,"numFailedTests":1,"numPendingTests":2,"numTodoTests":0}"#;
        assert_eq!(Counts::from_vitest(vitest).unwrap(), counts(5, 1, 2));
        let playwright = r#"{"stats":{"expected":7,"unexpected":1,"flaky":1,"skipped":2}}"#;
        assert_eq!(Counts::from_playwright(playwright).unwrap(), counts(8, 1, 2));
        assert!(Counts::from_playwright("{}").is_err());
    }

    #[test]
    fn the_closing_line_has_the_form_that_counts() {
        assert_eq!(counts(3, 0, 0).to_string(), "3 passed, 0 failed");
        assert_eq!(counts(3, 1, 2).to_string(), "3 passed, 1 failed, 2 skipped");
    }
}
