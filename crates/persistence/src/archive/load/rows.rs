//! Rows on their way into tables: many in one INSERT, which takes them as one JSON text, so that the statement is the same
//! for any number of rows, and the database itself makes values of them.

use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::Text;

use super::super::ArchiveError;
use super::super::row::{Column, ColumnType, Item};
use super::super::snapshot::quoted;
use super::super::tables::KEPT;
use crate::catalog::{columns, has_table};
use crate::connection::{AnyConnection, CHUNK};

/// The most bytes in one INSERT, but for a row that is longer by itself.
const MAX_BYTES: usize = 1 << 20;

/// What has been taken and not yet inserted.
pub(super) struct Rows {
    /// What the source is called in messages.
    source: String,
    /// The tables that came, the last of them the one that is being filled.
    tables: Vec<String>,
    insert: String,
    /// A JSON list that is not yet closed.
    waiting: String,
    count: usize,
}

impl Rows {
    pub(super) fn new(source: String) -> Self {
        Self { source, tables: Vec::new(), insert: String::new(), waiting: String::new(), count: 0 }
    }

    /// Takes the next piece.
    pub(super) fn item(
        &mut self,
        connection: &mut AnyConnection,
        item: Item<'_>,
    ) -> Result<(), ArchiveError> {
        match item {
            Item::Table(name, named) => {
                self.flush(connection)?;
                self.fits(connection, name, named)?;
                self.insert = insert(connection, name, named);
                self.tables.push(name.to_owned());
            }
            Item::Row(line) => {
                if self.count == CHUNK || self.waiting.len() + line.len() > MAX_BYTES {
                    self.flush(connection)?;
                }
                self.waiting.push(if self.count == 0 { '[' } else { ',' });
                self.waiting.push_str(line);
                self.count += 1;
            }
        }
        Ok(())
    }

    /// Inserts what still waits. Refuses a source that lacks a table.
    pub(super) fn end(mut self, connection: &mut AnyConnection) -> Result<(), ArchiveError> {
        self.flush(connection)?;
        for table in &KEPT {
            if has_table(connection, table.name)? && !self.tables.iter().any(|name| name == table.name) {
                return Err(self.unfit(format!("it lacks the table {}", table.name)));
            }
        }
        Ok(())
    }

    fn flush(&mut self, connection: &mut AnyConnection) -> Result<(), Error> {
        if self.count > 0 {
            self.waiting.push(']');
            diesel::sql_query(&self.insert).bind::<Text, _>(&self.waiting).execute(connection)?;
            self.waiting.clear();
            self.count = 0;
        }
        Ok(())
    }

    /// Whether the table is one that is kept, and has the columns that its schema has here.
    fn fits(&self, connection: &mut AnyConnection, name: &str, named: &[Column]) -> Result<(), ArchiveError> {
        if !KEPT.iter().any(|table| table.name == name) || self.tables.iter().any(|table| table == name) {
            return Err(self.unfit(format!("it has a table {name:?} that does not belong there")));
        }
        let mut here: Vec<Column> = columns(connection, name)?.into_iter().filter_map(Column::of).collect();
        let mut there = named.to_vec();
        for columns in [&mut here, &mut there] {
            columns.sort_by(|a, b| a.name.cmp(&b.name));
        }
        if here == there { Ok(()) } else { Err(self.unfit(format!("its table {name} has other columns"))) }
    }

    fn unfit(&self, why: String) -> ArchiveError {
        ArchiveError::Unfit { name: self.source.clone(), why }
    }
}

/// The statement that inserts the rows of a JSON list.
fn insert(connection: &AnyConnection, table: &str, columns: &[Column]) -> String {
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let (values, rows): (Vec<String>, _) = match connection {
        AnyConnection::Sqlite(_) => (
            (0..columns.len()).map(|index| format!("json_extract(value, '$[{index}]')")).collect(),
            "json_each($1)",
        ),
        AnyConnection::Postgres(_) => (
            columns
                .iter()
                .enumerate()
                .map(|(index, column)| match column.kind {
                    ColumnType::Integer => format!("(value ->> {index})::bigint"),
                    ColumnType::Text => format!("value ->> {index}"),
                })
                .collect(),
            "jsonb_array_elements($1::jsonb)",
        ),
    };
    format!("INSERT INTO {} ({}) SELECT {} FROM {rows}", quoted(table), names.join(", "), values.join(", "))
}
