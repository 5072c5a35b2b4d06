//! Keeps the packs in step with the rows of `bans`, in the same transaction. Knows nothing of questions.

use std::collections::{BTreeMap, HashMap};

use bangui_domain::model::Timestamp;
use bangui_domain::ports::StoreError;
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Binary, Integer};

use super::pack::{DAY_SECS, Entry, PART, pack, unpack};
use crate::bans::RESTORED;
use crate::connection::{AnyConnection, InsertRow, InsertRows, MultiBackend, TxError, comma};
use crate::schema::ban_packs;

/// What is packed: beginnings of bans, or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Beginnings.
    Ban,
    /// Ends.
    Unban,
}

impl Kind {
    /// Its number in the table.
    pub(crate) const fn code(self) -> i32 {
        match self {
            Self::Ban => 0,
            Self::Unban => 1,
        }
    }
}

/// The packs of one kind and jail, on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Shelf {
    pub(crate) day: i32,
    pub(crate) kind: i32,
    pub(crate) jail: i32,
}

/// A moment as the day and the second of it.
pub(crate) fn day_and_second(at: Timestamp) -> (i32, u32) {
    let seconds = at.as_millis().div_euclid(1_000);
    let day = i32::try_from(seconds.div_euclid(DAY_SECS)).unwrap_or(i32::MAX);
    let second = u32::try_from(seconds.rem_euclid(DAY_SECS)).unwrap_or_default();
    (day, second)
}

/// Entries to be put in and taken out.
#[derive(Debug, Default)]
pub(crate) struct PackEdit {
    groups: BTreeMap<Shelf, Change>,
}

#[derive(Debug, Default)]
struct Change {
    add: Vec<Entry>,
    remove: HashMap<Entry, u32>,
}

/// A part on its way into the table.
struct Part {
    shelf: Shelf,
    number: i32,
    entries: Vec<Entry>,
    changed: bool,
}

impl PackEdit {
    /// Puts an entry in.
    pub(crate) fn add(&mut self, kind: Kind, jail: i32, address: i32, at: Timestamp, origin: u8) {
        let (group, entry) = spot(kind, jail, address, at, origin);
        self.groups.entry(group).or_default().add.push(entry);
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, kind: Kind, jail: i32, address: i32, at: Timestamp, origin: u8) {
        let (group, entry) = spot(kind, jail, address, at, origin);
        *self.groups.entry(group).or_default().remove.entry(entry).or_default() += 1;
    }

    /// Writes all changes, under one new number.
    pub(crate) fn write(self, connection: &mut AnyConnection) -> Result<(), TxError> {
        if self.groups.is_empty() {
            return Ok(());
        }
        let changed = stamp()?;
        for (shelf, change) in self.groups {
            let mut parts = load(connection, shelf, change.remove.is_empty())?;
            take_out(&mut parts, change.remove);
            put_in(&mut parts, shelf, change.add);
            store(connection, parts, changed)?;
        }
        Ok(())
    }
}

/// A number that no part has had: by it a process knows that what it remembers of a part is not what is there.
fn stamp() -> Result<i64, StoreError> {
    let number = getrandom::u64().map_err(|error| StoreError::Backend(Box::new(error)))?;
    Ok(number.cast_signed())
}

fn spot(kind: Kind, jail: i32, address: i32, at: Timestamp, origin: u8) -> (Shelf, Entry) {
    let (day, second) = day_and_second(at);
    let entry = Entry { second, address: u32::try_from(address).unwrap_or_default(), origin };
    (Shelf { day, kind: kind.code(), jail }, entry)
}

/// The parts of a shelf, or only the last one, to which is added.
fn load(connection: &mut AnyConnection, shelf: Shelf, only_last: bool) -> Result<Vec<Part>, TxError> {
    let rows = ban_packs::table
        .filter(ban_packs::day.eq(shelf.day))
        .filter(ban_packs::kind.eq(shelf.kind))
        .filter(ban_packs::jail_id.eq(shelf.jail))
        .order(ban_packs::part.desc())
        .select((ban_packs::part, ban_packs::packed));
    let limit = if only_last { 1 } else { i64::from(i32::MAX) };
    let rows: Vec<(i32, Vec<u8>)> = rows.limit(limit).load(connection)?;
    let mut parts = Vec::with_capacity(rows.len());
    for (number, packed) in rows.into_iter().rev() {
        let entries = unpack(&packed).map_err(|damaged| StoreError::Backend(Box::new(damaged)))?;
        parts.push(Part { shelf, number, entries, changed: false });
    }
    Ok(parts)
}

fn take_out(parts: &mut [Part], mut remove: HashMap<Entry, u32>) {
    for part in parts {
        let before = part.entries.len();
        part.entries.retain(|entry| match remove.get_mut(entry) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        });
        part.changed |= part.entries.len() != before;
    }
}

fn put_in(parts: &mut Vec<Part>, shelf: Shelf, mut add: Vec<Entry>) {
    add.sort_unstable();
    let mut rest = add.as_slice();
    while !rest.is_empty() {
        let room = parts.last().map_or(0, |last| PART.saturating_sub(last.entries.len()));
        if room == 0 {
            let number = parts.last().map_or(0, |last| last.number + 1);
            parts.push(Part { shelf, number, entries: Vec::new(), changed: true });
            continue;
        }
        let (now, later) = rest.split_at(room.min(rest.len()));
        if let Some(last) = parts.last_mut() {
            last.entries.extend_from_slice(now);
            last.changed = true;
        }
        rest = later;
    }
}

fn store(connection: &mut AnyConnection, parts: Vec<Part>, changed: i64) -> Result<(), TxError> {
    let mut rows = Vec::new();
    for mut part in parts.into_iter().filter(|part| part.changed) {
        if part.entries.is_empty() {
            diesel::delete(ban_packs::table.find((
                part.shelf.day,
                part.shelf.kind,
                part.shelf.jail,
                part.number,
            )))
            .execute(connection)?;
            continue;
        }
        rows.push(PackValues::new(&mut part, changed));
    }
    // A part is some 20 kB.
    for chunk in rows.chunks(50) {
        InsertRows::<_, ()>::new(chunk, PackValues::REPLACE).execute(connection)?;
    }
    Ok(())
}

struct PackValues {
    shelf: Shelf,
    part: i32,
    entries: i32,
    attacks: i32,
    changed: i64,
    packed: Vec<u8>,
}

impl PackValues {
    const REPLACE: &'static str = " ON CONFLICT (day, kind, jail_id, part) DO UPDATE SET \
         entries = excluded.entries, attacks = excluded.attacks, changed = excluded.changed, packed = excluded.packed";

    fn new(part: &mut Part, changed: i64) -> Self {
        let count = |entries: usize| i32::try_from(entries).unwrap_or(i32::MAX);
        Self {
            shelf: part.shelf,
            part: part.number,
            entries: count(part.entries.len()),
            attacks: count(part.entries.iter().filter(|entry| entry.origin != RESTORED).count()),
            changed,
            packed: pack(&mut part.entries),
        }
    }
}

impl InsertRow for PackValues {
    const HEAD: &'static str =
        "INSERT INTO ban_packs (day, kind, jail_id, part, entries, attacks, changed, packed) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_bind_param::<Integer, _>(&self.shelf.day)?;
        for number in [&self.shelf.kind, &self.shelf.jail, &self.part, &self.entries, &self.attacks] {
            comma(pass).push_bind_param::<Integer, _>(number)?;
        }
        comma(pass).push_bind_param::<BigInt, _>(&self.changed)?;
        comma(pass).push_bind_param::<Binary, _>(&self.packed)
    }
}
