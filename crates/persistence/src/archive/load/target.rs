//! The database that is filled: what it must be, how its tables are taken down, and what of it stays whatever is loaded.

use bangui_domain::model::Lease;
use bangui_domain::ports::SCHEDULER_LEASE;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::{BigInt, Text};

use super::super::ArchiveError;
use super::super::tables::{KEPT, KeptTable, LEFT_OUT};
use crate::catalog::{has_table, number};
use crate::connection::AnyConnection;
use crate::lease;
use crate::migrate::{TABLE, applied, known, refuse_newer};
use crate::schema::counters;

/// What outlives the tables that are taken down.
#[derive(Default)]
pub(super) struct Kept {
    /// The scheduler lock, whose tokens must not come again.
    lease: Option<Lease>,
    /// The highest number of each table that is numbered: whoever has seen it must not meet it again.
    highest: Vec<(&'static str, i64)>,
    /// How far each counter had come.
    counters: Vec<(String, i64)>,
}

/// Refuses a database of a newer BanGUI, and one with data unless it may be given up. Answers whether BanGUI's tables are
/// there.
pub(super) fn judge(
    connection: &mut AnyConnection,
    place: &str,
    replace: bool,
) -> Result<bool, ArchiveError> {
    let Some(versions) = applied(connection)? else { return Ok(false) };
    refuse_newer(place, &known()?, &versions)?;
    if !replace {
        // A server that was only started has noted the fail2ban it watches, and a set-up token.
        for table in KEPT.iter().filter(|table| !["servers", "settings", "counters"].contains(&table.name)) {
            if has_rows(connection, table.name)? {
                return Err(ArchiveError::NotEmpty { place: place.to_owned(), table: table.name.to_owned() });
            }
        }
    }
    Ok(!versions.is_empty())
}

fn has_rows(connection: &mut AnyConnection, table: &str) -> Result<bool, Error> {
    let some = format!("SELECT count(*) AS number FROM (SELECT 1 FROM {table} LIMIT 1) AS found");
    Ok(has_table(connection, table)? && number(connection, &some)? > 0)
}

/// Drops all tables, unless a server uses them.
pub(super) fn take_down(
    connection: &mut AnyConnection,
    place: &str,
    unrenewed: Option<&Lease>,
) -> Result<Kept, ArchiveError> {
    if let AnyConnection::Postgres(postgres) = connection {
        postgres.batch_execute("LOCK TABLE scheduler_lock IN ACCESS EXCLUSIVE MODE")?;
    }
    let lease = lease::current(connection, SCHEDULER_LEASE)?;
    if let Some(held) = lease.as_ref().filter(|lease| !lease.is_free() && Some(*lease) != unrenewed) {
        return Err(ArchiveError::InUse { place: place.to_owned(), lease: Box::new(held.clone()) });
    }
    let mut highest = Vec::new();
    for table in numbered() {
        if has_table(connection, table.name)? {
            let query = format!("SELECT CAST(coalesce(max(id), 0) AS BIGINT) AS number FROM {}", table.name);
            highest.push((table.name, number(connection, &query)?));
        }
    }
    let counters = if has_table(connection, "counters")? {
        counters::table.select((counters::name, counters::value)).load(connection)?
    } else {
        Vec::new()
    };
    let tables = LEFT_OUT.iter().map(|(name, _)| *name).chain(KEPT.iter().rev().map(|table| table.name));
    for table in tables {
        connection.batch_execute(&format!("DROP TABLE IF EXISTS {table}"))?;
    }
    connection.batch_execute(&format!("DELETE FROM {TABLE}"))?;
    Ok(Kept { lease, highest, counters })
}

fn numbered() -> impl Iterator<Item = &'static KeptTable> {
    KEPT.iter().filter(|table| table.numbered)
}

/// Takes out the rows that the migrations have put in.
pub(super) fn empty(connection: &mut AnyConnection) -> Result<(), Error> {
    for table in KEPT.iter().rev() {
        if has_table(connection, table.name)? {
            connection.batch_execute(&format!("DELETE FROM {}", table.name))?;
        }
    }
    Ok(())
}

/// Lets the database go on numbering above all rows that are there and that ever were.
pub(super) fn number_on(connection: &mut AnyConnection, kept: &Kept) -> Result<(), Error> {
    for KeptTable { name, .. } in numbered() {
        if !has_table(connection, name)? {
            continue;
        }
        let before = kept.highest.iter().find(|(table, _)| table == name).map_or(0, |(_, highest)| *highest);
        let loaded = number(
            connection,
            &format!("SELECT CAST(coalesce(max(id), 0) AS BIGINT) AS number FROM {name}"),
        )?;
        let highest = before.max(loaded);
        if highest == 0 {
            continue;
        }
        match connection {
            AnyConnection::Sqlite(sqlite) => {
                diesel::sql_query("DELETE FROM sqlite_sequence WHERE name = $1")
                    .bind::<Text, _>(name)
                    .execute(sqlite)?;
                diesel::sql_query("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)")
                    .bind::<Text, _>(name)
                    .bind::<BigInt, _>(highest)
                    .execute(sqlite)?;
            }
            AnyConnection::Postgres(postgres) => {
                diesel::sql_query("SELECT setval(pg_get_serial_sequence($1, 'id'), $2)")
                    .bind::<Text, _>(name)
                    .bind::<BigInt, _>(highest)
                    .execute(postgres)?;
            }
        }
    }
    Ok(())
}

/// Lets the counters go on above all that they have given out.
pub(super) fn count_on(connection: &mut AnyConnection, kept: &Kept) -> Result<(), Error> {
    // The events of old schemas were numbered by their table.
    let events = kept.highest.iter().find(|(table, _)| *table == "ban_events");
    let events = events.map(|(_, highest)| ("event", *highest));
    let counted = kept.counters.iter().map(|(name, value)| (name.as_str(), *value));
    for (name, value) in counted.chain(events) {
        diesel::update(counters::table.filter(counters::name.eq(name)).filter(counters::value.lt(value)))
            .set(counters::value.eq(value))
            .execute(connection)?;
    }
    Ok(())
}

/// Puts the scheduler lock back, held by nobody.
pub(super) fn keep_lease(connection: &mut AnyConnection, kept: &Kept) -> Result<(), Error> {
    kept.lease.as_ref().map_or(Ok(()), |lease| lease::keep(connection, SCHEDULER_LEASE, lease))
}

/// Moves what was loaded from SQLite's journal, which is as large as all of it, to the file itself.
pub(super) fn settle(connection: &mut AnyConnection) {
    if let AnyConnection::Sqlite(sqlite) = connection
        && let Err(error) = sqlite.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
    {
        tracing::warn!(%error, "SQLite's journal was not emptied; the next server does it");
    }
}
