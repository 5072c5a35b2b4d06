//! A database at one moment, of this BanGUI's schema or an older one: read beside a running server, changing nothing.

use std::sync::Arc;

use bangui_domain::model::Lease;
use bangui_domain::ports::SCHEDULER_LEASE;
use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::Binary;

use super::row::{Column, checked};
use super::tables::{KEPT, KeptTable};
use super::{ArchiveError, Contents, Item, Take};
use crate::catalog::{columns, has_table};
use crate::connection::{AnyConnection, ReadOnly};
use crate::db::DbKind;
use crate::lease;
use crate::location::Location;
use crate::migrate::{Versions, applied, known, quick_check, refuse_foreign, refuse_newer};

/// What a database lacks of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Where it is, for messages: a path, or host and database. Holds no secret.
    pub place: String,
    /// The migrations that it lacks, oldest first; none if it is up to date.
    pub versions: Vec<String>,
}

/// The database.
pub struct Snapshot {
    database: ReadOnly,
    schema: String,
}

impl Snapshot {
    /// Opens what `url` names. A SQLite file is checked for damage first. Blocks.
    pub fn open(url: &str) -> Result<Self, ArchiveError> {
        let mut database = ReadOnly::open(Arc::new(Location::parse(url)?))?;
        let place = database.location.shown().into_owned();
        if let AnyConnection::Sqlite(sqlite) = &mut database.connection {
            quick_check(sqlite, &place)?;
        }
        let versions = known_to_us(&mut database, &place)?;
        let schema = versions.last().cloned().ok_or(ArchiveError::NoTables { place })?;
        Ok(Self { database, schema })
    }

    /// Which migrations the database at `url` lacks. Changes nothing, and makes nothing. Blocks.
    pub fn pending(url: &str) -> Result<Pending, ArchiveError> {
        let mut database = ReadOnly::open(Arc::new(Location::parse(url)?))?;
        let place = database.location.shown().into_owned();
        let versions = known_to_us(&mut database, &place)?;
        Ok(Pending { versions: known()?.difference(&versions).cloned().collect(), place })
    }

    /// Which database it is.
    pub fn kind(&self) -> DbKind {
        self.database.location.kind()
    }

    /// Where it is, for messages: a path, or host and database. Holds no secret.
    pub fn place(&self) -> String {
        self.database.location.shown().into_owned()
    }

    /// The last migration that it has.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The server that schedules on it, if one does or was killed doing so.
    pub fn server(&mut self) -> Result<Option<Lease>, ArchiveError> {
        let lease = lease::current(&mut self.database.connection, SCHEDULER_LEASE)?;
        Ok(lease.filter(|lease| !lease.is_free()))
    }

    /// Reads all that is kept, each table in the order of its key. Blocks.
    pub fn read(&mut self, take: Take<'_>) -> Result<Contents, ArchiveError> {
        let mut contents = Contents::default();
        for table in &KEPT {
            if has_table(&mut self.database.connection, table.name)? {
                contents.table(table.name);
                self.read_table(table, &mut |row| {
                    if matches!(row, Item::Row(_)) {
                        contents.row();
                    }
                    take(row)
                })?;
            }
        }
        self.database.still_whole()?;
        Ok(contents)
    }

    fn read_table(&mut self, table: &KeptTable, take: Take<'_>) -> Result<(), ArchiveError> {
        let place = self.place();
        let fault =
            |why: String| ArchiveError::Table { place: place.clone(), table: table.name.to_owned(), why };
        let mut named = Vec::new();
        for declared in columns(&mut self.database.connection, table.name)? {
            let unknown = format!(
                "its column {} is {}, which is no type of BanGUI's",
                declared.name, declared.declared
            );
            named.push(Column::of(declared).ok_or_else(|| fault(unknown))?);
        }
        take(Item::Table(table.name, &named))?;
        let list: Vec<String> = named.iter().map(|column| quoted(&column.name)).collect();
        let (list, order, name) = (list.join(", "), table.key.join(", "), quoted(table.name));
        let mut count = 0_u64;
        let mut row = |line: QueryResult<Line>| -> Result<(), ArchiveError> {
            count += 1;
            let row = checked(&line?.line, &named).map_err(|why| fault(format!("row {count}: {why}")))?;
            take(Item::Row(&row))
        };
        // Bytes on SQLite, which holds any bytes as text.
        match &mut self.database.connection {
            AnyConnection::Sqlite(sqlite) => diesel::sql_query(format!(
                "SELECT CAST(json_array({list}) AS BLOB) AS line FROM {name} ORDER BY {order}"
            ))
            .load_iter::<Line, DefaultLoadingMode>(sqlite)?
            .try_for_each(&mut row),
            AnyConnection::Postgres(postgres) => diesel::sql_query(format!(
                "SELECT convert_to(json_build_array({list})::text, 'UTF8') AS line FROM {name} ORDER BY {order}"
            ))
            .load_iter::<Line, PgRowByRowLoadingMode>(postgres)?
            .try_for_each(&mut row),
        }
    }
}

/// The migrations that the database has, all of them known here.
fn known_to_us(database: &mut ReadOnly, place: &str) -> Result<Versions, ArchiveError> {
    if let AnyConnection::Sqlite(sqlite) = &mut database.connection {
        refuse_foreign(sqlite, place)?;
    }
    let versions = applied(&mut database.connection)?.unwrap_or_default();
    refuse_newer(place, &known()?, &versions)?;
    Ok(versions)
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Binary)]
    line: Vec<u8>,
}
