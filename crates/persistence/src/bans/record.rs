//! Writes a batch of bans and ends, as a whole or not at all: the rows, and the packs in which they are counted. Batches of
//! one server wait for each other, so that events are numbered in the order in which others get to see them, on both
//! databases.

use std::cmp::Ordering;

use bangui_domain::model::{BanEvent, EventId, EventKind, ServerId};
use bangui_domain::ports::{BanBatch, HistoryCursor, Notice, Recorded};
use diesel::prelude::*;

use super::code::origin_code;
use super::counter::{Counter, advance};
use super::ledger::{Entry, Ledger, over};
use super::names::Names;
use super::stored::by_index_alone;
use super::write::{ActiveValues, BanValues, MatchValues, NoteValues};
use crate::connection::{AnyConnection, CHUNK, InsertRows, TxError};
use crate::history::packs::{Kind, PackEdit};
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
    let names = Names::resolve(connection, batch)?;
    let mut ledger = Ledger::load(connection, batch, &names)?;
    for ban in &batch.bans {
        ledger.ban(ban, &names);
    }
    for end in &batch.ends {
        ledger.end(end, &names);
    }
    let mut outcome = ledger.outcome();

    let events = number(connection, &mut outcome.bans)?;
    write_bans(connection, &outcome.bans, &events, &names)?;
    pack(connection, &outcome.bans, &names)?;
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

/// Gives what is new its numbers, in the order in which it happened, and answers the events.
fn number(connection: &mut AnyConnection, bans: &mut [Entry]) -> Result<Vec<BanEvent>, TxError> {
    let mut new: Vec<(usize, EventKind)> = Vec::new();
    for (place, entry) in bans.iter().enumerate() {
        if entry.before.is_none() {
            new.push((place, EventKind::Ban));
        }
        if entry.end.is_some() {
            new.push((place, EventKind::Unban));
        }
    }
    if new.is_empty() {
        return Ok(Vec::new());
    }
    new.sort_by(|a, b| in_time(bans, *a, *b));
    let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
    let first = advance(connection, Counter::Event, count)? - count + 1;
    let mut events = Vec::with_capacity(new.len());
    // A ban whose end comes in the same batch begins before it, so that its own number is known by then.
    for ((place, kind), id) in new.into_iter().zip(first..) {
        let Some(entry) = bans.get_mut(place) else { continue };
        if let (EventKind::Unban, Some(end)) = (kind, &entry.end) {
            events.push(over(&entry.event, end, id));
        } else {
            entry.event.id = EventId(id);
            entry.event.ban = EventId(id);
            events.push(entry.event.clone());
        }
    }
    Ok(events)
}

/// Which of two events comes first: the earlier one, and of one ban its beginning.
fn in_time(bans: &[Entry], a: (usize, EventKind), b: (usize, EventKind)) -> Ordering {
    let place = |(place, kind): (usize, EventKind)| {
        let entry = bans.get(place)?;
        let begun = entry.event.occurred_at;
        let ended = entry.end.as_ref().map_or(begun, |end| end.at.max(begun));
        let at = if kind == EventKind::Ban { begun } else { ended };
        Some((at, kind == EventKind::Unban, &entry.event.key))
    };
    place(a).cmp(&place(b))
}

/// Writes bans that are new, changed or ended, and what belongs to them. `events` holds the numbers of the ends.
pub(super) fn write_bans(
    connection: &mut AnyConnection,
    bans: &[Entry],
    events: &[BanEvent],
    names: &Names,
) -> Result<(), TxError> {
    let ends: std::collections::HashMap<EventId, i64> = events
        .iter()
        .filter(|event| event.kind == EventKind::Unban)
        .map(|event| (event.ban, event.id.0))
        .collect();
    let mut new = Vec::new();
    let mut changed = Vec::new();
    for entry in bans {
        let ended = entry.end.as_ref().zip(ends.get(&entry.event.id).copied());
        let values = BanValues::new(entry, ended, names)?;
        match entry.before {
            None => new.push(values),
            Some(_) if entry.changed || ended.is_some() => changed.push(values),
            Some(_) => {}
        }
    }
    new.sort_by_key(|values| values.id);
    for (rows, tail) in [(&new, ""), (&changed, BanValues::REPLACE)] {
        for chunk in rows.chunks(CHUNK) {
            InsertRows::<_, ()>::new(chunk, tail).execute(connection)?;
        }
    }
    let notes: Vec<NoteValues<'_>> = bans.iter().flat_map(NoteValues::of).collect();
    for chunk in notes.chunks(CHUNK) {
        InsertRows::<_, ()>::new(chunk, NoteValues::REPLACE).execute(connection)?;
    }
    let matches: Vec<MatchValues> = bans.iter().filter_map(MatchValues::of).collect();
    for chunk in matches.chunks(CHUNK) {
        InsertRows::<_, ()>::new(chunk, MatchValues::REPLACE).execute(connection)?;
    }
    Ok(())
}

/// Counts what is new, and what came about in another way than was thought.
pub(super) fn pack(connection: &mut AnyConnection, bans: &[Entry], names: &Names) -> Result<(), TxError> {
    let mut edit = PackEdit::default();
    for entry in bans {
        let key = &entry.event.key;
        let (jail, address) = (names.jail(&key.jail)?, names.address(&key.id)?);
        let origin = entry.event.origin;
        match entry.before {
            None => edit.add(Kind::Ban, jail, address, key.banned_at, origin_code(origin)),
            Some(before) if before.origin != origin => {
                edit.remove(Kind::Ban, jail, address, key.banned_at, origin_code(before.origin));
                edit.add(Kind::Ban, jail, address, key.banned_at, origin_code(origin));
            }
            Some(_) => {}
        }
        if let Some(end) = &entry.end {
            edit.add(Kind::Unban, jail, address, end.at, origin_code(end.origin));
        }
    }
    edit.write(connection)
}
