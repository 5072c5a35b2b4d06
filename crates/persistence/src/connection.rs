//! One connection type over both databases, for queries that are written once. What diesel's derive cannot do is
//! in `both` (ON CONFLICT) and `rows` (many rows in one INSERT).

mod both;
mod open;
mod read_only;
mod rows;
mod sqlite_file;
mod tx;

pub(crate) use both::Both;
pub(crate) use open::{LogFaults, Opener, Role, connect_text};
pub(crate) use read_only::ReadOnly;
pub(crate) use rows::{InsertRow, InsertRows, comma};
pub use sqlite_file::prepare as prepare_sqlite_file;
pub(crate) use tx::{TxError, in_one_write_tx, in_write_tx};

pub(crate) use any::{AnyConnection, MultiBackend};

mod any {
    //! The derive's own module, since it makes public names.
    #![expect(unreachable_pub, reason = "the derive makes its types public")]
    #![expect(clippy::disallowed_methods, reason = "the derive's own `establish`, which nobody calls")]

    use diesel::{PgConnection, SqliteConnection};

    /// A connection to either database. `Connection::establish` and `transaction` are not to be used on it.
    #[derive(diesel::MultiConnection)]
    pub enum AnyConnection {
        /// PostgreSQL.
        Postgres(PgConnection),
        /// SQLite.
        Sqlite(SqliteConnection),
    }
}

/// Statements that look up keys take this many at a time: far below SQLite's limit of 32,766 parameters.
pub(crate) const CHUNK: usize = 500;
