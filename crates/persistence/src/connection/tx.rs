//! Transactions that write. On SQLite they begin as writers, since a reader that turns into a writer fails with
//! "database is locked" at once; on PostgreSQL they are tried again when the database could not serialise them.

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::result::{DatabaseErrorKind, Error};

use super::AnyConnection;
use bangui_domain::ports::StoreError;

/// How often a transaction is tried that others got in the way of.
const ATTEMPTS: u32 = 5;
/// What begins a transaction on PostgreSQL. One whose process says nothing more for 10 s is ended by the server: a process that
/// was stopped in the middle of it must not keep its locks, or nobody could take the scheduler lock over from it.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '10s'";
/// The same, for a process that may wait for others in the middle of it, such as for the rest of an archive.
const BEGIN_PATIENT: &str = "BEGIN";

/// Why a transaction was rolled back.
#[derive(Debug)]
pub(crate) enum TxError {
    /// The database said so.
    Database(Error),
    /// The store said so.
    Store(StoreError),
}

impl From<Error> for TxError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for TxError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Runs `body` in one transaction that writes: committed when it answers `Ok`, rolled back otherwise. It may run
/// several times.
pub(crate) fn in_write_tx<T>(
    connection: &mut AnyConnection,
    mut body: impl FnMut(&mut AnyConnection) -> Result<T, TxError>,
) -> Result<T, TxError> {
    let mut attempt = 1;
    loop {
        match in_tx(connection, BEGIN, &mut body) {
            Err(TxError::Database(error)) if attempt < ATTEMPTS && worth_another_try(&error) => attempt += 1,
            outcome => return outcome,
        }
    }
}

/// As [`in_write_tx`], for a body that cannot run twice: what gets in its way is an error. It may take its time.
pub(crate) fn in_one_write_tx<T, E: From<Error>>(
    connection: &mut AnyConnection,
    body: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    in_tx(connection, BEGIN_PATIENT, body)
}

fn in_tx<T, E: From<Error>>(
    connection: &mut AnyConnection,
    begin: &str,
    body: impl FnOnce(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?;
        }
        AnyConnection::Postgres(postgres) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, begin)?;
        }
    }
    let outcome = body(connection).and_then(|value| commit(connection).map(|()| value).map_err(E::from));
    if outcome.is_err() && in_transaction(connection) {
        // The first error is the one to tell; a connection that cannot roll back is thrown away by the pool.
        if let Err(error) = roll_back(connection) {
            tracing::warn!(%error, "a failed transaction could not be rolled back; its connection is closed");
        }
    }
    outcome
}

fn commit(connection: &mut AnyConnection) -> Result<(), Error> {
    match connection {
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::commit_transaction(sqlite),
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::commit_transaction(postgres),
    }
}

fn roll_back(connection: &mut AnyConnection) -> Result<(), Error> {
    match connection {
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::rollback_transaction(sqlite),
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::rollback_transaction(postgres),
    }
}

/// Whether a transaction is still open: a failed COMMIT may have ended it already.
fn in_transaction(connection: &mut AnyConnection) -> bool {
    let status = match connection {
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::transaction_manager_status_mut(sqlite),
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::transaction_manager_status_mut(postgres),
    };
    status.transaction_depth().is_ok_and(|depth| depth.is_some())
}

/// Another transaction got in the way: run again, this one sees what that one wrote.
fn worth_another_try(error: &Error) -> bool {
    match error {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        Error::DatabaseError(_, said) => said.message().contains("deadlock detected"),
        _ => false,
    }
}
