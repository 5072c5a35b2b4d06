//! Writes a batch of bans and ends, as a whole or not at all. Batches of one server wait for each other, so that
//! events are numbered in the order in which others get to see them, on both databases.

use std::collections::HashMap;

use bangui_domain::model::{BanEvent, EventId, EventKind, ServerId, Timestamp};
use bangui_domain::ports::{BanBatch, HistoryCursor, Notice, Recorded, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::ledger::Ledger;
use super::lookup::by_index_alone;
use super::rows::key;
use super::write::{ActiveValues, EventValues, StoredEventValues};
use crate::connection::{AnyConnection, CHUNK, InsertRows, TxError};
use crate::fault::UnknownValue;
use crate::lease::check_fence;
use crate::notices;
use crate::schema::{active_bans, servers};

/// The body of the transaction.
pub(super) fn record(connection: &mut AnyConnection, batch: &BanBatch) -> Result<Recorded, TxError> {
    let read_to = lock_server(connection, &batch.server)?;
    if let Some(fence) = batch.fence {
        check_fence(connection, fence)?;
    }
    by_index_alone(connection)?;
    let mut ledger = Ledger::load(connection, batch)?;
    for ban in &batch.bans {
        ledger.ban(ban);
    }
    for end in &batch.ends {
        ledger.end(end);
    }
    let outcome = ledger.outcome();

    let events = insert(connection, outcome.new, batch.seen_at)?;
    for chunk in outcome.changed.chunks(CHUNK) {
        let rows: Vec<_> = chunk.iter().map(|event| StoredEventValues::new(event, batch.seen_at)).collect();
        InsertRows::<_, ()>::new(&rows, StoredEventValues::REPLACE).execute(connection)?;
    }
    for chunk in outcome.gone.chunks(CHUNK) {
        let rows = active_bans::table.filter(active_bans::id.eq_any(chunk));
        diesel::delete(rows).execute(connection)?;
    }
    for chunk in outcome.active.chunks(CHUNK) {
        let rows: Vec<_> = chunk.iter().map(|ban| ActiveValues::new(&batch.server, ban)).collect();
        InsertRows::<_, ()>::new(&rows, ActiveValues::REPLACE).execute(connection)?;
    }
    if let Some(cursor) = batch.cursor.filter(|cursor| Some(*cursor) != read_to) {
        let server = servers::table.filter(servers::id.eq(batch.server.as_str()));
        diesel::update(server)
            .set((servers::history_rowid.eq(cursor.rowid), servers::history_timeofban.eq(cursor.timeofban)))
            .execute(connection)?;
    }
    if let Some(newest) = events.last() {
        notices::send(connection, &Notice::Events(newest.id))?;
    }
    Ok(Recorded { events })
}

/// Keeps other batches of this server waiting until this one is written, and answers how far fail2ban's database
/// has been read. SQLite has one writer anyway.
fn lock_server(connection: &mut AnyConnection, server: &ServerId) -> Result<Option<HistoryCursor>, TxError> {
    let row = servers::table
        .filter(servers::id.eq(server.as_str()))
        .select((servers::history_rowid, servers::history_timeofban));
    let (rowid, time): (Option<i64>, Option<i64>) = match connection {
        AnyConnection::Postgres(postgres) => row.for_no_key_update().get_result(postgres),
        AnyConnection::Sqlite(sqlite) => row.get_result(sqlite),
    }?;
    Ok(rowid.zip(time).map(|(rowid, timeofban)| HistoryCursor { rowid, timeofban }))
}

type Numbered = (i64, String, String, String, i64);

/// Inserts new events and gives them their numbers.
fn insert(
    connection: &mut AnyConnection,
    mut events: Vec<BanEvent>,
    seen_at: Timestamp,
) -> Result<Vec<BanEvent>, TxError> {
    for chunk in events.chunks_mut(CHUNK) {
        let rows: Vec<_> = chunk.iter().map(|event| EventValues::new(event, seen_at)).collect();
        let insert: InsertRows<'_, _, (BigInt, Text, Text, Text, BigInt)> =
            InsertRows::new(&rows, EventValues::RETURN);
        let numbered: Vec<Numbered> = insert.load(connection)?;
        // The order of returned rows is not promised.
        let mut ids = HashMap::with_capacity(numbered.len());
        for (id, kind, jail, ip, banned_at) in numbered {
            ids.insert((kind == EventKind::Unban.as_str(), key(jail, ip, banned_at)?), id);
        }
        for event in chunk {
            let id = ids.remove(&(event.kind == EventKind::Unban, event.key.clone()));
            let id = id.ok_or_else(|| {
                let missing =
                    UnknownValue { wanted: "the number of a new event", value: event.key.id.to_string() };
                StoreError::from(missing)
            })?;
            event.id = EventId(id);
        }
    }
    events.sort_by_key(|event| event.id);
    Ok(events)
}
