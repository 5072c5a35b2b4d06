//! A Markdown table.

use std::fmt;

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
        table.row(vec!["1".to_owned(), "1.23 ms".to_owned()]);
        assert_eq!(table.to_string(), "| a | b |\n| --- | --- |\n| 1 | 1.23 ms |\n");
    }
}
