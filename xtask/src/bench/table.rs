//! A Markdown table.

use std::fmt;
use std::time::Duration;

/// Rows of text under a heading.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with this heading.
    pub(super) fn new(heading: &[&str]) -> Self {
        let heading: Vec<String> = heading.iter().map(|&cell| cell.to_owned()).collect();
        let line = heading.iter().map(|_| "---".to_owned()).collect();
        Self { rows: vec![heading, line] }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

/// A time in milliseconds, as a cell shows it.
pub(super) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_markdown() {
        let mut table = Table::new(&["a", "b"]);
        table.row(vec!["1".to_owned(), millis(Duration::from_micros(1234))]);
        assert_eq!(table.to_string(), "| a | b |\n| --- | --- |\n| 1 | 1.23 ms |\n");
    }
}
