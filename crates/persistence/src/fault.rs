//! Turns what diesel and the pool say into the domain's [`StoreError`].

use std::collections::HashSet;
use std::fmt::Display;
use std::sync::{LazyLock, Mutex, PoisonError};

use bangui_domain::ports::StoreError;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use crate::connection::TxError;

/// A value in the database that the domain does not know: written by something else than BanGUI.
#[derive(Debug, thiserror::Error)]
#[error("the database holds {value:?} where {wanted} belongs")]
pub(crate) struct UnknownValue {
    pub(crate) wanted: &'static str,
    pub(crate) value: String,
}

impl From<UnknownValue> for StoreError {
    fn from(error: UnknownValue) -> Self {
        Self::Backend(Box::new(error))
    }
}

/// What could be read of some rows of `table`, which come with what tells each from the others. A row that holds what the
/// domain does not know costs itself alone, and is named in the log.
pub(crate) fn readable<K: Display, T, E: Into<TxError>, C: FromIterator<T>>(
    table: &'static str,
    rows: impl IntoIterator<Item = (K, Result<T, E>)>,
) -> C {
    rows.into_iter()
        .filter_map(|(row, read)| read.map_err(|error| left_out(table, &row, error)).ok())
        .collect()
}

/// Names a row that cannot be read in the log, once: it is met again and again.
pub(crate) fn left_out(table: &'static str, row: &impl Display, error: impl Into<TxError>) {
    /// Rows that are remembered.
    const MOST: usize = 10_000;
    static SAID: LazyLock<Mutex<HashSet<(&'static str, String)>>> = LazyLock::new(Mutex::default);
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.len() >= MOST {
        said.clear();
    }
    let row = row.to_string();
    if said.insert((table, row.clone())) {
        let reason = StoreError::from(error.into());
        tracing::error!(table, row, "a row is left out (said once): {}", bangui_domain::chain(&reason));
    }
}

/// The domain's word for what diesel said.
pub(crate) fn store_error(error: Error) -> StoreError {
    match &error {
        Error::NotFound => StoreError::NotFound,
        Error::DatabaseError(kind, said) => match kind {
            DatabaseErrorKind::UniqueViolation => StoreError::Conflict(constraint(said.as_ref())),
            // What the row was to belong to is gone.
            DatabaseErrorKind::ForeignKeyViolation => StoreError::NotFound,
            DatabaseErrorKind::SerializationFailure => StoreError::Busy,
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                StoreError::Unavailable(one_line(said.message()))
            }
            _ => by_message(said.message()).unwrap_or_else(|| StoreError::Backend(Box::new(error))),
        },
        _ => StoreError::Backend(Box::new(error)),
    }
}

/// What has no kind of its own in diesel.
fn by_message(message: &str) -> Option<StoreError> {
    const BUSY: [&str; 5] = [
        "database is locked",
        "database table is locked",
        "deadlock detected",
        "due to lock timeout",
        "due to statement timeout",
    ];
    const AWAY: [&str; 12] = [
        "server closed the connection",
        "terminating connection",
        "no connection to the server",
        "could not receive data from server",
        "the database system is",
        // A disk that is full, gone, or mounted read-only: SQLite's words, then PostgreSQL's.
        "database or disk is full",
        "disk I/O error",
        "attempt to write a readonly database",
        "unable to open database file",
        "No space left on device",
        "in a read-only transaction",
        "could not write to file",
    ];
    if BUSY.iter().any(|part| message.contains(part)) {
        return Some(StoreError::Busy);
    }
    AWAY.iter().any(|part| message.contains(part)).then(|| StoreError::Unavailable(one_line(message)))
}

/// The constraint's name, which is table and columns joined by `_` on both databases: PostgreSQL tells the name
/// that the migration gave it, SQLite the columns.
fn constraint(said: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    if let Some(name) = said.constraint_name() {
        return name.to_owned();
    }
    let columns = said.message().rsplit(": ").next().unwrap_or_default();
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if name.is_empty() {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl From<TxError> for StoreError {
    fn from(error: TxError) -> Self {
        match error {
            TxError::Database(error) => store_error(error),
            TxError::Store(error) => error,
        }
    }
}
