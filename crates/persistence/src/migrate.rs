//! Brings the tables up to date: one process at a time, all migrations or none, and never on a database that
//! belongs to a newer BanGUI or to another program.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{AnyConnection, Opener, Role, TxError, connect_text, in_write_tx};
use crate::db::Db;
use crate::db::connect::blocking;
use crate::error::DbError;
use crate::fault::store_error;
use crate::location::Location;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// How long another process that migrates is waited for.
const LOCK_WAIT_SECS: u64 = 60;
/// The advisory lock that one migrating process holds on PostgreSQL ("bangui" in ASCII).
const LOCK_KEY: i64 = 0x6261_6e67_7569;

/// What a migration has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrateReport {
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
    if let AnyConnection::Sqlite(sqlite) = connection {
        quick_check(sqlite, &place)?;
        refuse_foreign(sqlite, &place)?;
        let wait = format!("PRAGMA busy_timeout = {}", LOCK_WAIT_SECS * 1000);
        sqlite.batch_execute(&wait).map_err(|error| failed(location, &TxError::Database(error)))?;
    }
    let mut refused = None;
    let outcome = in_write_tx(connection, |connection| {
        if let AnyConnection::Postgres(postgres) = connection {
            // The lock goes with the transaction, also where a pooler hands the connection on.
            postgres.batch_execute(&format!(
                "SET LOCAL lock_timeout = '{LOCK_WAIT_SECS}s'; SELECT pg_advisory_xact_lock({LOCK_KEY});"
            ))?;
        }
        let unknown = unknown_versions(connection)?;
        if !unknown.is_empty() {
            refused = Some(DbError::Newer { place: place.clone(), versions: unknown.join(", ") });
            return Err(TxError::Database(Error::RollbackTransaction));
        }
        apply(connection)
    });
    match (outcome, refused) {
        (Ok(applied), _) => Ok(MigrateReport { applied }),
        (Err(_), Some(refused)) => Err(refused),
        (Err(error), None) => Err(failed(location, &error)),
    }
}

fn apply(connection: &mut AnyConnection) -> Result<Vec<String>, TxError> {
    let applied = match connection {
        AnyConnection::Sqlite(sqlite) => {
            sqlite.run_pending_migrations(SQLITE).map(|done| done.iter().map(ToString::to_string).collect())
        }
        AnyConnection::Postgres(postgres) => postgres
            .run_pending_migrations(POSTGRES)
            .map(|done| done.iter().map(ToString::to_string).collect()),
    };
    applied.map_err(migration_error)
}

/// The migrations of this version, the same for both databases.
pub(crate) fn known() -> Result<BTreeSet<String>, Error> {
    names::<diesel::sqlite::Sqlite>(&SQLITE).map_err(Error::QueryBuilderError)
}

/// Applied migrations that this version does not have.
fn unknown_versions(connection: &mut AnyConnection) -> Result<Vec<String>, TxError> {
    let (applied, known) = match connection {
        AnyConnection::Sqlite(sqlite) => {
            (sqlite.applied_migrations(), names::<diesel::sqlite::Sqlite>(&SQLITE))
        }
        AnyConnection::Postgres(postgres) => {
            (postgres.applied_migrations(), names::<diesel::pg::Pg>(&POSTGRES))
        }
    };
    let known = known.map_err(migration_error)?;
    let applied: BTreeSet<String> =
        applied.map_err(migration_error)?.iter().map(ToString::to_string).collect();
    Ok(applied.difference(&known).cloned().collect())
}

fn names<DB: diesel::backend::Backend>(
    source: &EmbeddedMigrations,
) -> diesel::migration::Result<BTreeSet<String>> {
    let migrations = diesel::migration::MigrationSource::<DB>::migrations(source)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn migration_error(error: Box<dyn std::error::Error + Send + Sync>) -> TxError {
    match error.downcast::<Error>() {
        Ok(error) => TxError::Database(*error),
        Err(other) => TxError::Database(Error::QueryBuilderError(other)),
    }
}

fn failed(location: &Location, error: &TxError) -> DbError {
    let reason = match error {
        TxError::Database(error) => connect_text(location, &error.to_string()),
        TxError::Store(error) => error.to_string(),
    };
    let place = location.shown().into_owned();
    if reason.contains("lock timeout") || reason.contains("database is locked") {
        return DbError::MigrationBusy { place, seconds: LOCK_WAIT_SECS };
    }
    DbError::Migration { place, reason }
}

fn quick_check(connection: &mut SqliteConnection, path: &str) -> Result<(), DbError> {
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
fn refuse_foreign(connection: &mut SqliteConnection, path: &str) -> Result<(), DbError> {
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
    if names.iter().any(|table| table.name == "__diesel_schema_migrations") {
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
