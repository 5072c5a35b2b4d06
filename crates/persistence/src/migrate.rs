//! Brings the tables up to date: one process at a time, all migrations or none, and never on a database that
//! belongs to a newer BanGUI or to another program.

mod versions;

use diesel::backend::Backend;
use diesel::connection::{BoxableConnection, SimpleConnection};
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{AnyConnection, Opener, Role, TxError, connect_text, in_write_tx};
use crate::db::Db;
use crate::db::connect::blocking;
use crate::error::DbError;
use crate::fault::store_error;
use crate::history::join::{Mended, join_spellings};
use crate::history::{ensure_packed, rebuild};
use crate::location::Location;

pub(crate) use versions::{Versions, applied, known, refuse_newer};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The migration since which addresses have one spelling: those that are there are joined after it.
pub(crate) const SPELLINGS: &str = "0013";
/// Where diesel notes which migrations a database has.
pub(crate) const TABLE: &str = "__diesel_schema_migrations";
/// How long another process that migrates, or fills the database, is waited for.
pub(crate) const LOCK_WAIT_SECS: u64 = 60;
/// The advisory lock that one migrating process holds on PostgreSQL ("bangui" in ASCII).
const LOCK_KEY: i64 = 0x6261_6e67_7569;

/// What a migration has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrateReport {
    /// The last migration that the database had before; `None` if BanGUI's tables were not there.
    pub before: Option<String>,
    /// The migrations that were applied, oldest first; empty when the database was up to date.
    pub applied: Vec<String>,
}

impl Db {
    /// Applies the migrations that are missing, all in one transaction, under a lock that lets one process
    /// migrate at a time. A SQLite file is checked for damage first.
    pub async fn migrate(&self) -> Result<MigrateReport, DbError> {
        let location = self.location();
        blocking(move || {
            let mut connection = Opener::new(location.clone(), Role::Writer).open()?;
            migrate(&mut connection, &location)
        })
        .await?
    }
}

fn migrate(connection: &mut AnyConnection, location: &Location) -> Result<MigrateReport, DbError> {
    let place = location.shown().into_owned();
    refuse_unfit(connection, &place)?;
    let mut refused = None;
    let outcome = in_write_tx(connection, |connection| {
        wait_for_turn(connection)?;
        let before = applied(connection)?.unwrap_or_default();
        if let Err(newer) = refuse_newer(&place, &known()?, &before) {
            refused = Some(newer);
            return Err(TxError::Database(Error::RollbackTransaction));
        }
        let applied = apply(connection, None)?;
        if applied.iter().any(|version| version == SPELLINGS)
            && join_spellings(connection)? != Mended::default()
        {
            rebuild(connection)?;
        }
        ensure_packed(connection)?;
        Ok(MigrateReport { before: before.last().cloned(), applied })
    });
    match (outcome, refused) {
        (Ok(report), _) => Ok(report),
        (Err(_), Some(refused)) => Err(refused),
        (Err(error), None) => Err(failed(location, &error)),
    }
}

/// Refuses a SQLite file that is damaged or another program's, and lets its connection wait for another one's migration.
pub(crate) fn refuse_unfit(connection: &mut AnyConnection, place: &str) -> Result<(), DbError> {
    let AnyConnection::Sqlite(sqlite) = connection else { return Ok(()) };
    quick_check(sqlite, place)?;
    refuse_foreign(sqlite, place)?;
    sqlite
        .batch_execute(&format!("PRAGMA busy_timeout = {}", LOCK_WAIT_SECS * 1000))
        .map_err(|error| DbError::Sqlite { path: place.to_owned(), reason: error.to_string() })
}

/// Keeps all other processes from changing the schema until the transaction is over, in which this must be the first
/// statement. On SQLite the transaction itself does.
pub(crate) fn wait_for_turn(connection: &mut AnyConnection) -> Result<(), Error> {
    let AnyConnection::Postgres(postgres) = connection else { return Ok(()) };
    // The lock goes with the transaction, also where a pooler hands the connection on.
    postgres.batch_execute(&format!(
        "SET LOCAL lock_timeout = '{LOCK_WAIT_SECS}s'; SELECT pg_advisory_xact_lock({LOCK_KEY});"
    ))
}

/// Applies the migrations that are missing, in order, up to `last` or all of them; answers their names.
pub(crate) fn apply(connection: &mut AnyConnection, last: Option<&str>) -> Result<Vec<String>, Error> {
    match connection {
        AnyConnection::Sqlite(sqlite) => apply_from(sqlite, SQLITE, last),
        AnyConnection::Postgres(postgres) => apply_from(postgres, POSTGRES, last),
    }
    .map_err(migration_error)
}

fn apply_from<DB: Backend>(
    connection: &mut (impl MigrationHarness<DB> + BoxableConnection<DB>),
    source: EmbeddedMigrations,
    last: Option<&str>,
) -> diesel::migration::Result<Vec<String>> {
    let mut done = Vec::new();
    for migration in connection.pending_migrations(source)? {
        let version = migration.name().version().to_string();
        if last.is_none_or(|last| version.as_str() <= last) {
            // Not by the harness, which would nest a transaction: SQLite ends the outer one at some errors, and the harness
            // would then tell of the inner one that it misses, not of the error.
            migration.run(connection)?;
            connection.batch_execute(&format!("INSERT INTO {TABLE} (version) VALUES ('{version}')"))?;
            done.push(version);
        }
    }
    Ok(done)
}

fn migration_error(error: Box<dyn std::error::Error + Send + Sync>) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(other) => Error::QueryBuilderError(other),
    }
}

fn failed(location: &Location, error: &TxError) -> DbError {
    let reason = match error {
        TxError::Database(error) => connect_text(location, &error.to_string()),
        TxError::Store(error) => error.to_string(),
    };
    let place = location.shown().into_owned();
    if is_wait_over(&reason) {
        return DbError::MigrationBusy { place, seconds: LOCK_WAIT_SECS };
    }
    DbError::Migration { place, reason }
}

/// Whether the database says by this that another one's lock was waited for in vain.
pub(crate) fn is_wait_over(reason: &str) -> bool {
    reason.contains("lock timeout") || reason.contains("database is locked")
}

pub(crate) fn quick_check(connection: &mut SqliteConnection, path: &str) -> Result<(), DbError> {
    let damaged = |report: String| DbError::Damaged { path: path.to_owned(), report };
    let rows: Vec<Report> = diesel::sql_query("PRAGMA quick_check(1)")
        .load(connection)
        .map_err(|error| damaged(error.to_string()))?;
    match rows.into_iter().next() {
        Some(row) if row.quick_check == "ok" => Ok(()),
        Some(row) => Err(damaged(row.quick_check)),
        None => Err(damaged("quick_check gave no answer".to_owned())),
    }
}

/// Refuses a file with tables of somebody else, such as fail2ban's own database.
pub(crate) fn refuse_foreign(connection: &mut SqliteConnection, path: &str) -> Result<(), DbError> {
    let unread =
        |error: Error| DbError::Sqlite { path: path.to_owned(), reason: store_error(error).to_string() };
    match first_table(connection).map_err(unread)? {
        Some(table) => Err(DbError::Foreign { path: path.to_owned(), table }),
        None => Ok(()),
    }
}

/// A table of a file that BanGUI has not made its own in; `None` where it has, and in an empty file.
pub(crate) fn first_table(connection: &mut SqliteConnection) -> QueryResult<Option<String>> {
    let names: Vec<Table> = diesel::sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .load(connection)?;
    if names.iter().any(|table| table.name == TABLE) {
        return Ok(None);
    }
    Ok(names.into_iter().next().map(|table| table.name))
}

#[derive(QueryableByName)]
struct Report {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}
