//! Which migrations there are, and which a database has: asked without changing it, also where it has no tables at all.

use std::collections::BTreeSet;

use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::Text;
use diesel_migrations::EmbeddedMigrations;

use super::{SQLITE, TABLE};
use crate::catalog::has_table;
use crate::connection::AnyConnection;
use crate::error::DbError;

/// Names of migrations, which sort from the oldest to the newest.
pub(crate) type Versions = BTreeSet<String>;

/// The migrations of this BanGUI, the same for both databases.
pub(crate) fn known() -> Result<Versions, Error> {
    names::<diesel::sqlite::Sqlite>(&SQLITE)
}

fn names<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Versions, Error> {
    let migrations = MigrationSource::<DB>::migrations(source).map_err(Error::QueryBuilderError)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// The migrations that a database has; `None` where BanGUI never made its tables.
pub(crate) fn applied(connection: &mut AnyConnection) -> Result<Option<Versions>, Error> {
    if !has_table(connection, TABLE)? {
        return Ok(None);
    }
    let rows: Vec<Row> = diesel::sql_query(format!("SELECT version FROM {TABLE}")).load(connection)?;
    Ok(Some(rows.into_iter().map(|row| row.version).collect()))
}

/// Refuses a database at `place` that has migrations which this BanGUI does not know.
pub(crate) fn refuse_newer(place: &str, known: &Versions, applied: &Versions) -> Result<(), DbError> {
    let unknown: Vec<&str> = applied.difference(known).map(String::as_str).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(DbError::Newer { place: place.to_owned(), versions: unknown.join(", ") })
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    version: String,
}
