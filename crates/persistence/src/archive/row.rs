//! A row on its way: a JSON array of integers, texts and nulls, in the order of its table's columns. Rows are checked
//! against the columns' types where they are read, from a database or from a file.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalog::DeclaredColumn;
use crate::text::storable;

/// What a column holds, the same on both databases. Any column may hold null besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A whole number of 64 bits.
    Integer,
    /// A text.
    Text,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: ColumnType,
}

impl Column {
    /// The column that a database declares; `None` if it is of a type that is not one of BanGUI's.
    pub(super) fn of(declared: DeclaredColumn) -> Option<Self> {
        let kind = match declared.declared.as_str() {
            "bigint" | "integer" => ColumnType::Integer,
            "text" => ColumnType::Text,
            _ => return None,
        };
        Some(Self { name: declared.name, kind })
    }
}

/// A piece of what is read.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// The rows of this table follow.
    Table(&'a str, &'a [Column]),
    /// A row of it: one line of JSON.
    Row(&'a str),
}

/// The row in its one spelling, or what is wrong with it. A NUL in a text, which no writer of BanGUI lets through and
/// PostgreSQL cannot hold, becomes U+FFFD, as everywhere.
pub(super) fn checked(line: &[u8], columns: &[Column]) -> Result<String, String> {
    let text = std::str::from_utf8(line).map_err(|_| "a text in it is not UTF-8".to_owned())?;
    let mut cells: Vec<Value> =
        serde_json::from_str(text).map_err(|error| format!("it is not a list of values ({error})"))?;
    if cells.len() != columns.len() {
        return Err(format!("it has {} values where there are {} columns", cells.len(), columns.len()));
    }
    for (cell, column) in cells.iter_mut().zip(columns) {
        match (&*cell, column.kind) {
            (Value::String(text), ColumnType::Text) if text.contains('\0') => {
                *cell = Value::String(storable(text).into_owned());
            }
            (Value::Null, _) | (Value::String(_), ColumnType::Text) => {}
            (Value::Number(number), ColumnType::Integer) if number.is_i64() => {}
            _ => return Err(format!("its {} is not {}", column.name, spoken(column.kind))),
        }
    }
    serde_json::to_string(&cells).map_err(|error| error.to_string())
}

fn spoken(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "a whole number of 64 bits",
        ColumnType::Text => "a text",
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, ColumnType, checked};

    fn columns() -> [Column; 2] {
        [("id", ColumnType::Integer), ("name", ColumnType::Text)]
            .map(|(name, kind)| Column { name: name.to_owned(), kind })
    }

    fn check(line: impl AsRef<[u8]>) -> Result<String, String> {
        checked(line.as_ref(), &columns())
    }

    #[test]
    fn a_row_has_one_spelling() {
        assert_eq!(check("[1, \"a\\u0041\\n\"]").unwrap(), "[1,\"aA\\n\"]");
        assert_eq!(check("[-9223372036854775808,null]").unwrap(), "[-9223372036854775808,null]");
        assert_eq!(check("[null,\"\\\\u0000\"]").unwrap(), "[null,\"\\\\u0000\"]");
    }

    #[test]
    fn nul_is_stored_as_everywhere() {
        assert_eq!(check("[1,\"a\\u0000b\"]").unwrap(), "[1,\"a\u{FFFD}b\"]");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (line, named) in [
            ("[1]", "1 values"),
            ("[1,\"a\",2]", "3 values"),
            ("[\"1\",\"a\"]", "id"),
            ("[1.5,\"a\"]", "id"),
            ("[9223372036854775808,\"a\"]", "id"),
            ("[1,2]", "name"),
            ("[1,[]]", "name"),
            ("{}", "not a list"),
            ("[1,\"a\"", "not a list"),
        ] {
            let error = check(line).unwrap_err();
            assert!(error.contains(named), "{line}: {error}");
        }
        assert!(check(b"[1,\"\xff\"]").unwrap_err().contains("UTF-8"));
    }
}
