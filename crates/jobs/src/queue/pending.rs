//! Which of the queue's own migrations a database lacks: asked without making anything.

use std::path::Path;

use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::QueueError;

/// Tells which migrations a file has.
const APPLIED_SQLITE: &str = "SELECT version FROM _sqlx_migrations WHERE success";
/// Tells which migrations a PostgreSQL database has; apalis keeps the list in its own schema.
const APPLIED_POSTGRES: &str = "SELECT version FROM apalis._sqlx_migrations WHERE success";
/// How PostgreSQL says that there is no such table.
const NO_TABLE: &str = "42P01";

/// How many migrations the queue in the file at `path` lacks: all of them if there is no file.
pub async fn pending_sqlite(path: &Path) -> Result<usize, QueueError> {
    let migrator = SqliteStorage::migrations();
    if !path.exists() {
        return Ok(migrator.iter().count());
    }
    let place = path.display().to_string();
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(|source| QueueError::Open { place, source })?;
    let applied = sqlx::query_scalar(APPLIED_SQLITE).fetch_all(&mut connection).await;
    lacking(&migrator, applied)
}

/// How many migrations the queue in the PostgreSQL database at `url` lacks.
pub async fn pending_postgres(url: &str) -> Result<usize, QueueError> {
    let mut connection = PgConnection::connect(url)
        .await
        .map_err(|source| QueueError::Open { place: "PostgreSQL".to_owned(), source })?;
    let applied = sqlx::query_scalar(APPLIED_POSTGRES).fetch_all(&mut connection).await;
    lacking(&PostgresStorage::migrations(), applied)
}

fn lacking(migrator: &Migrator, applied: Result<Vec<i64>, sqlx::Error>) -> Result<usize, QueueError> {
    let applied = match applied {
        Ok(applied) => applied,
        Err(sqlx::Error::Database(said))
            if said.code().is_some_and(|code| code == NO_TABLE)
                || said.message().starts_with("no such table") =>
        {
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    Ok(migrator.iter().filter(|migration| !applied.contains(&migration.version)).count())
}
