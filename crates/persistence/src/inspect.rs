//! Looks at a database without changing it: for people who ask what is wrong with it.

use bangui_domain::model::Timestamp;
use bangui_domain::ports::StoreError;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::clock::now;
use crate::connection::{AnyConnection, TxError};
use crate::db::Db;
use crate::migrate::{self, Versions, first_table};

/// Whether a database has the tables of this BanGUI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schema {
    /// BanGUI has made no tables there yet.
    Absent,
    /// It is a SQLite file of another program, with this table.
    Foreign(String),
    /// It has all of this version's migrations.
    Current,
    /// It lacks these, which the next start applies.
    Pending(Vec<String>),
    /// It has these, which this version does not know.
    Newer(Vec<String>),
}

/// A database as it was found.
#[derive(Debug)]
pub struct Inspection {
    /// Its tables.
    pub schema: Schema,
    /// Whether they take writes; an error says why not. `Ok` where there are none.
    pub writable: Result<(), StoreError>,
    /// What its own clock says.
    pub now: Timestamp,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Db {
    /// Looks at the database. A write that touches no row says whether it takes writes.
    pub async fn inspect(&self) -> Result<Inspection, StoreError> {
        let (applied, now) = self
            .read(|connection| {
                Ok((migrate::applied(connection).map_err(TxError::Database)?, clock(connection)?))
            })
            .await?;
        let schema = match applied {
            None => self.read(foreign).await?,
            Some(applied) => compare(&migrate::known().map_err(TxError::Database)?, &applied),
        };
        let writable = match schema {
            Schema::Absent | Schema::Foreign(_) => Ok(()),
            _ => self.write_tx(touch_nothing).await,
        };
        Ok(Inspection { schema, writable, now })
    }
}

fn compare(known: &Versions, applied: &Versions) -> Schema {
    let but = |these: &Versions, those| these.difference(those).cloned().collect::<Vec<_>>();
    match (but(applied, known), but(known, applied)) {
        (newer, _) if !newer.is_empty() => Schema::Newer(newer),
        (_, pending) if !pending.is_empty() => Schema::Pending(pending),
        _ => Schema::Current,
    }
}

/// A database without migrations: empty, or another program's. PostgreSQL's may hold tables of both.
fn foreign(connection: &mut AnyConnection) -> Result<Schema, TxError> {
    let AnyConnection::Sqlite(sqlite) = connection else { return Ok(Schema::Absent) };
    let table = first_table(sqlite).map_err(TxError::Database)?;
    Ok(table.map_or(Schema::Absent, Schema::Foreign))
}

fn clock(connection: &mut AnyConnection) -> Result<Timestamp, TxError> {
    let row: Number =
        diesel::sql_query(format!("SELECT {} AS number", now(connection))).get_result(connection)?;
    Ok(Timestamp::from_millis(row.number))
}

fn touch_nothing(connection: &mut AnyConnection) -> Result<(), TxError> {
    diesel::sql_query(format!("UPDATE {} SET version = version WHERE 1 = 0", migrate::TABLE))
        .execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Schema, compare};

    #[test]
    fn what_is_newer_weighs_more_than_what_is_missing() {
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let known = set(&["0001", "0002"]);
        assert_eq!(compare(&known, &known), Schema::Current);
        assert_eq!(compare(&known, &set(&["0001"])), Schema::Pending(names(&["0002"])));
        assert_eq!(compare(&known, &set(&["0001", "0003"])), Schema::Newer(names(&["0003"])));
    }
}
