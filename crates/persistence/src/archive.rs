//! Everything that is worth keeping of a database, row by row and the same for SQLite and PostgreSQL: read at one moment
//! ([`Snapshot`]), written to a file ([`ArchiveWriter`]), read from it ([`ArchiveReader`]), and loaded into a database
//! ([`Db::load`](crate::Db::load)). A row never waits in memory for more than a few hundred others.

mod error;
mod format;
mod load;
mod reader;
mod row;
mod snapshot;
mod tables;
mod writer;

pub use error::ArchiveError;
pub use load::Source;
pub use reader::ArchiveReader;
pub use row::{Column, ColumnType, Item};
pub use snapshot::{Pending, Snapshot};
pub use tables::{KEPT, KeptTable, LEFT_OUT};
pub use writer::ArchiveWriter;

/// Takes what is read, piece by piece.
pub type Take<'a> = &'a mut dyn FnMut(Item<'_>) -> Result<(), ArchiveError>;

/// How many rows of each table have been read, written or loaded, in the order of [`KEPT`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents(Vec<(String, u64)>);

impl Contents {
    /// Begins a table.
    fn table(&mut self, name: &str) {
        self.0.push((name.to_owned(), 0));
    }

    /// Counts a row of the table that was begun last.
    fn row(&mut self) {
        if let Some((_, rows)) = self.0.last_mut() {
            *rows += 1;
        }
    }

    /// The tables and their rows.
    pub fn tables(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, rows)| (name.as_str(), *rows))
    }

    /// The rows of all tables.
    pub fn rows(&self) -> u64 {
        self.0.iter().map(|(_, rows)| rows).sum()
    }
}
