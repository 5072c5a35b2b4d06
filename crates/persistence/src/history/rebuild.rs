//! Packs made anew from the rows of `bans`, and compared with them.

use std::collections::{BTreeMap, BTreeSet};

use bangui_domain::model::Timestamp;
use bangui_domain::ports::StoreError;
use diesel::prelude::*;

use super::pack::{DAY_SECS, Entry, FORMAT, unpack};
use super::packs::{Kind, PackEdit, Shelf, day_and_second};
use crate::bans::code;
use crate::connection::{AnyConnection, TxError};
use crate::db::Db;
use crate::schema::{ban_packs, bans};

/// Rows that are packed at a time.
const ROWS: i64 = 50_000;
/// What came of comparing the packs with the rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryCheck {
    /// Beginnings and ends of bans in the rows.
    pub rows: u64,
    /// The same in the packs.
    pub packed: u64,
    /// Days of UTC, as days since 1970-01-01, on which they differ.
    pub wrong_days: Vec<i32>,
}

impl Db {
    /// Makes all packs anew from the rows; answers how many beginnings and ends there are.
    pub async fn rebuild_history(&self) -> Result<u64, StoreError> {
        self.write_tx(|connection| {
            super::keep::lock_servers(connection)?;
            rebuild(connection)
        })
        .await
    }

    /// Compares the packs with the rows, each beginning and each end.
    pub async fn check_history(&self) -> Result<HistoryCheck, StoreError> {
        self.read(check).await
    }
}

/// Makes the packs if they are not there, or were made by another version. Part of a migration.
pub(crate) fn ensure_packed(connection: &mut AnyConnection) -> Result<(), TxError> {
    let some: Option<Vec<u8>> = ban_packs::table.select(ban_packs::packed).first(connection).optional()?;
    let there = match some {
        Some(packed) => packed.first() == Some(&FORMAT),
        None => bans::table.select(bans::id).first::<i64>(connection).optional()?.is_none(),
    };
    if there { Ok(()) } else { rebuild(connection).map(drop) }
}

type Row = (i64, i32, i32, i64, i32, Option<i64>, Option<i32>);

/// Makes all packs anew.
pub(crate) fn rebuild(connection: &mut AnyConnection) -> Result<u64, TxError> {
    diesel::delete(ban_packs::table).execute(connection)?;
    let (mut behind, mut count) = (i64::MIN, 0);
    loop {
        let rows: Vec<Row> = bans::table
            .filter(bans::id.gt(behind))
            .order(bans::id)
            .limit(ROWS)
            .select((
                bans::id,
                bans::jail_id,
                bans::address_id,
                bans::banned_at,
                bans::origin,
                bans::ended_at,
                bans::end_origin,
            ))
            .load(connection)?;
        let Some(last) = rows.last() else { break };
        behind = last.0;
        let mut edit = PackEdit::default();
        for (_, jail, address, banned_at, origin, ended_at, end_origin) in rows {
            edit.add(Kind::Ban, jail, address, Timestamp::from_millis(banned_at), code::packed(origin)?);
            count += 1;
            if let Some((at, origin)) = ended_at.zip(end_origin) {
                edit.add(Kind::Unban, jail, address, Timestamp::from_millis(at), code::packed(origin)?);
                count += 1;
            }
        }
        edit.write(connection)?;
    }
    Ok(count)
}

fn check(connection: &mut AnyConnection) -> Result<HistoryCheck, TxError> {
    let mut check = HistoryCheck::default();
    let mut days: BTreeSet<i32> =
        ban_packs::table.select(ban_packs::day).distinct().load(connection)?.into_iter().collect();
    for column in ["banned_at", "ended_at"] {
        let edges: Edges =
            diesel::sql_query(format!("SELECT min({column}) AS first, max({column}) AS last FROM bans"))
                .get_result(connection)?;
        if let Some((first, last)) = edges.first.zip(edges.last) {
            let day = |millis: i64| day_and_second(Timestamp::from_millis(millis)).0;
            days.extend(day(first)..=day(last));
        }
    }
    for day in days {
        let rows = rows_of(connection, day)?;
        let packed = packs_of(connection, day)?;
        let count = |shelves: &BTreeMap<Shelf, Vec<Entry>>| {
            u64::try_from(shelves.values().map(Vec::len).sum::<usize>()).unwrap_or(u64::MAX)
        };
        check.rows += count(&rows);
        check.packed += count(&packed);
        if rows != packed {
            check.wrong_days.push(day);
        }
    }
    Ok(check)
}

#[derive(QueryableByName)]
struct Edges {
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::BigInt>)]
    first: Option<i64>,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::BigInt>)]
    last: Option<i64>,
}

fn rows_of(connection: &mut AnyConnection, day: i32) -> Result<BTreeMap<Shelf, Vec<Entry>>, TxError> {
    let first = i64::from(day) * DAY_SECS * 1_000;
    let last = first + DAY_SECS * 1_000 - 1;
    let begun: Vec<(i32, i32, i64, i32)> = bans::table
        .filter(bans::banned_at.between(first, last))
        .select((bans::jail_id, bans::address_id, bans::banned_at, bans::origin))
        .load(connection)?;
    let ended: Vec<(i32, i32, Option<i64>, Option<i32>)> = bans::table
        .filter(bans::ended_at.between(first, last))
        .select((bans::jail_id, bans::address_id, bans::ended_at, bans::end_origin))
        .load(connection)?;
    let mut shelves: BTreeMap<Shelf, Vec<Entry>> = BTreeMap::new();
    let begun = begun.into_iter().map(|(jail, address, at, origin)| (Kind::Ban, jail, address, at, origin));
    let ended = ended
        .into_iter()
        .filter_map(|(jail, address, at, origin)| Some((Kind::Unban, jail, address, at?, origin?)));
    for (kind, jail, address, at, origin) in begun.chain(ended) {
        let (_, second) = day_and_second(Timestamp::from_millis(at));
        let entry = Entry {
            second,
            address: u32::try_from(address).unwrap_or_default(),
            origin: code::packed(origin)?,
        };
        shelves.entry(Shelf { day, kind: kind.code(), jail }).or_default().push(entry);
    }
    for entries in shelves.values_mut() {
        entries.sort_unstable();
    }
    Ok(shelves)
}

/// The entries of a day's packs. A part that is damaged, or counted wrongly, counts as one without entries.
fn packs_of(connection: &mut AnyConnection, day: i32) -> Result<BTreeMap<Shelf, Vec<Entry>>, TxError> {
    let rows: Vec<(i32, i32, i32, i32, Vec<u8>)> = ban_packs::table
        .filter(ban_packs::day.eq(day))
        .select((
            ban_packs::kind,
            ban_packs::jail_id,
            ban_packs::entries,
            ban_packs::attacks,
            ban_packs::packed,
        ))
        .load(connection)?;
    let mut shelves: BTreeMap<Shelf, Vec<Entry>> = BTreeMap::new();
    for (kind, jail, entries, attacks, packed) in rows {
        let found = unpack(&packed).unwrap_or_default();
        let fresh = found.iter().filter(|entry| entry.origin != crate::bans::RESTORED).count();
        let counted = (usize::try_from(entries).ok(), usize::try_from(attacks).ok());
        if counted == (Some(found.len()), Some(fresh)) {
            shelves.entry(Shelf { day, kind, jail }).or_default().extend(found);
        }
    }
    for entries in shelves.values_mut() {
        entries.sort_unstable();
    }
    Ok(shelves)
}
