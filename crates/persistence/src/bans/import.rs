//! Writes what fail2ban's log tells, as far as it is not known: in one transaction for each batch, beside whoever writes what
//! happens now. Imported events are no news: their numbers go down from zero, so that nothing that goes on behind a number,
//! such as a live stream or the notifications, meets them.

mod plan;
mod zone;

use std::collections::HashMap;

use bangui_domain::model::{
    ActiveBan, BanEvent, BanTime, EventId, Logged, LoggedBan, Origin, ServerId, Timestamp,
};
use bangui_domain::ports::{BanBatch, BanRecord, EndRecord, StoreError};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

pub use self::zone::LogZone;

use self::plan::Plan;
use super::code::origin_code;
use super::latest::{Known, Latest, LatestAt, Place};
use super::ledger::{Entry, begun, over};
use super::names::Names;
use super::record::{pack, write_bans};
use super::stored::by_index_alone;
use crate::connection::{AnyConnection, CHUNK, TxError};
use crate::db::Db;
use crate::history::keep::lock_servers;
use crate::history::packs::{Kind, PackEdit};
use crate::schema::bans;

/// What an import has changed, or would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Bans that were not known, attacks and others.
    pub new: u64,
    /// Bans that were not known, of which nobody has seen the beginning: they were restored.
    pub restored: u64,
    /// Bans that were known.
    pub known: u64,
    /// Ends of bans that were known, whose ends were not.
    pub ends: u64,
}

impl Imported {
    /// Counts another part.
    pub fn add(&mut self, part: Self) {
        self.new += part.new;
        self.restored += part.restored;
        self.known += part.known;
        self.ends += part.ends;
    }
}

impl Db {
    /// Takes what the log of `server` tells into the history: of one jail and address in the order of time. What is known stays
    /// as it is, but for ends that are not known. `rehearse` only tells what would change.
    pub async fn import_log(
        &self,
        server: &ServerId,
        logged: Vec<Logged>,
        rehearse: bool,
    ) -> Result<Imported, StoreError> {
        let server = server.clone();
        self.write_tx(move |connection| {
            if !rehearse {
                return import(connection, &server, &logged);
            }
            connection.batch_execute("SAVEPOINT rehearsal")?;
            let imported = import(connection, &server, &logged)?;
            connection.batch_execute("ROLLBACK TO SAVEPOINT rehearsal")?;
            Ok(imported)
        })
        .await
    }
}

fn import(connection: &mut AnyConnection, server: &ServerId, logged: &[Logged]) -> Result<Imported, TxError> {
    // Packs have one writer at a time, and so have the numbers below zero.
    lock_servers(connection)?;
    by_index_alone(connection)?;
    let mut known = load(connection, server, logged)?;
    let mut plan = Plan::default();
    for (index, told) in logged.iter().enumerate() {
        plan.take(told, known.remove(&index));
    }
    end_known(connection, &plan.ended)?;
    begin_new(connection, server, &plan.new)?;
    Ok(plan.imported)
}

/// The newest known ban that each of these may be, by its place in the list.
fn load(
    connection: &mut AnyConnection,
    server: &ServerId,
    logged: &[Logged],
) -> Result<HashMap<usize, Latest>, TxError> {
    let places: Vec<Place<'_>> =
        logged.iter().enumerate().map(|(index, told)| Place::of(index, told)).collect();
    let mut known = HashMap::new();
    for part in places.chunks(CHUNK) {
        for row in (LatestAt { server, places: part }).load(connection)? {
            let (index, latest) = Latest::stored(row)?;
            known.insert(index, latest);
        }
    }
    Ok(known)
}

/// Tells the ends of bans that are known.
fn end_known(
    connection: &mut AnyConnection,
    ended: &[(Latest, Option<(Timestamp, Origin)>)],
) -> Result<(), TxError> {
    let mut edit = PackEdit::default();
    for (ban, before) in ended {
        let (Known::Stored { id, address, jail }, Some((at, how))) = (ban.known, ban.end) else { continue };
        let code = origin_code(how);
        // The end of an imported ban has the number above its own, which was kept for it.
        let number = before.is_none().then_some(id + 1);
        diesel::update(bans::table.find(id))
            .set((
                bans::bantime.eq(ban.bantime.as_fail2ban()),
                bans::ended_at.eq(at.as_millis()),
                bans::end_origin.eq(i32::from(code)),
                number.map(|number| bans::end_id.eq(number)),
            ))
            .execute(connection)?;
        if let Some((before, how)) = before {
            edit.remove(Kind::Unban, jail, address, *before, origin_code(*how));
        }
        edit.add(Kind::Unban, jail, address, at, code);
    }
    edit.write(connection)
}

/// Writes bans that are new.
fn begin_new(connection: &mut AnyConnection, server: &ServerId, new: &[LoggedBan]) -> Result<(), TxError> {
    if new.is_empty() {
        return Ok(());
    }
    let records: Vec<BanRecord> = new.iter().map(record).collect();
    let batch = BanBatch {
        server: server.clone(),
        fence: None,
        seen_at: Timestamp::from_millis(0),
        bans: records,
        ends: Vec::new(),
        cursor: None,
    };
    let names = Names::resolve(connection, &batch)?;
    let mut number = lowest(connection)?;
    let mut entries: Vec<Entry> = Vec::with_capacity(new.len());
    let mut events: Vec<BanEvent> = Vec::with_capacity(new.len());
    for (ban, seen) in new.iter().zip(&batch.bans) {
        let mut entry = begun(server, seen, &names);
        let end = end(ban, seen);
        let (over_at, begun_at) = (EventId(number - 1), EventId(number - 2));
        if let Some(end) = &end {
            let mut event = over(&entry.event, end, over_at.0);
            event.ban = begun_at;
            events.push(event);
        }
        number = begun_at.0;
        (entry.event.id, entry.event.ban) = (begun_at, begun_at);
        entry.end = end;
        entries.push(entry);
    }
    write_bans(connection, &entries, &events, &names)?;
    pack(connection, &entries, &names)
}

fn record(ban: &LoggedBan) -> BanRecord {
    let (bantime, _) = ban.course.end(ban.key.banned_at, None);
    BanRecord {
        ban: ActiveBan {
            key: ban.key.clone(),
            bantime: bantime.unwrap_or(BanTime::Seconds(0)),
            ban_count: ban.ban_count,
            origin: ban.origin,
            by: None,
            reason: None,
        },
        failures: None,
        in_force: false,
        place: ban.place.clone(),
        matches: None,
    }
}

/// The end of a ban: `None` for one whose end the log does not tell, and whose time was not over when the log ended. Without
/// any length it counts as over at the moment at which it was made.
fn end(ban: &LoggedBan, seen: &BanRecord) -> Option<EndRecord> {
    let (length, end) = ban.course.end(ban.key.banned_at, None);
    if end.is_none() && length.is_some() {
        return None;
    }
    let (at, origin) = end.unwrap_or((ban.acted_at, Origin::Expired));
    Some(EndRecord {
        key: ban.key.clone(),
        bantime: seen.ban.bantime,
        ban_count: ban.ban_count,
        at: at.max(ban.key.banned_at),
        origin,
        by: None,
        reason: None,
    })
}

/// The lowest number of an event, and at most 0.
fn lowest(connection: &mut AnyConnection) -> Result<i64, TxError> {
    let begun: Option<i64> = bans::table.select(diesel::dsl::min(bans::id)).first(connection)?;
    let ended: Option<i64> = bans::table.select(diesel::dsl::min(bans::end_id)).first(connection)?;
    Ok(begun.into_iter().chain(ended).fold(0, i64::min))
}
