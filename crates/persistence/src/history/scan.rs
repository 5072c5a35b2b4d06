//! Goes through all beginnings or ends of bans that a filter wants in a period: through packs, or through rows where few
//! addresses are meant.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use bangui_domain::model::Period;
use bangui_domain::ports::StoreError;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Integer};

use super::memory::{Memory, PartKey, Remembered};
use super::pack::{DAY_SECS, walk};
use super::packs::{Kind, Shelf};
use super::places::PlaceTable;
use super::sieve::Sieve;
use crate::bans::events::number_list;
use crate::connection::{AnyConnection, MultiBackend, TxError, comma};
use crate::schema::{ban_packs, bans};

/// Parts read in one statement: some 2 MB.
const FETCH: usize = 100;

/// Up to so many rows are read; more bans are counted in packs.
const FEW_ROWS: i64 = 1_000;

/// An entry that is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// The place of its jail in the sieve.
    pub(super) jail: usize,
    /// When, in seconds since the epoch.
    pub(super) at: i64,
    /// The number of its address.
    pub(super) address: u32,
    /// The code of its origin.
    pub(super) origin: u8,
}

/// Takes what is found.
pub(super) trait Sink {
    /// An entry.
    fn hit(&mut self, hit: Hit);

    /// The number of attacks of a whole day (its first second, and the one behind its last) in a jail; false if the
    /// entries themselves are needed. Asked only where nothing but jails is filtered by.
    fn day(&mut self, jail: usize, first: i64, behind: i64, attacks: u64) -> bool {
        let _ = (jail, first, behind, attacks);
        false
    }
}

/// Takes the bytes of a part, and says whether there is more to come.
pub(super) type Open<'a> = &'a mut dyn FnMut(&PartInfo, &[u8]) -> Result<ControlFlow<()>, TxError>;

/// What is known of a part without its entries.
#[derive(Debug, Clone, Copy)]
pub(super) struct PartInfo {
    pub(super) key: PartKey,
    pub(super) attacks: i32,
    pub(super) changed: i64,
}

/// Everything that a question goes through.
pub(super) struct Scan<'a> {
    pub(super) memory: &'a Memory,
    pub(super) places: &'a PlaceTable,
    pub(super) sieve: &'a Sieve,
    pub(super) kind: Kind,
    /// The first second, and the one behind the last.
    pub(super) seconds: (i64, i64),
}

/// The seconds that lie in a period, since events are told by seconds: the first, and the one behind the last.
pub(super) fn seconds(period: Period) -> (i64, i64) {
    let up = |millis: i64| millis.div_euclid(1_000) + i64::from(millis.rem_euclid(1_000) != 0);
    (up(period.since.as_millis()), up(period.until.as_millis()))
}

/// Whether some addresses have so few bans that their rows are read more quickly than packs are gone through.
pub(super) fn has_few_rows(connection: &mut AnyConnection, addresses: &[u32]) -> Result<bool, TxError> {
    let ids = addresses.iter().filter_map(|id| i32::try_from(*id).ok());
    let some = bans::table.filter(bans::address_id.eq_any(ids)).select(bans::address_id);
    let found: Vec<i32> = some.limit(FEW_ROWS + 1).load(connection)?;
    Ok(i64::try_from(found.len()).is_ok_and(|count| count <= FEW_ROWS))
}

impl Scan<'_> {
    /// Goes through everything, in no order.
    pub(super) fn run(&self, connection: &mut AnyConnection, sink: &mut impl Sink) -> Result<(), TxError> {
        if self.seconds.0 >= self.seconds.1 || self.sieve.jails.is_empty() {
            return Ok(());
        }
        if let Some(pinned) = self.sieve.pinned()
            && has_few_rows(connection, &pinned)?
        {
            return self.rows(connection, &pinned, sink);
        }
        let parts = self.parts(connection)?;
        let counted = self.kind == Kind::Ban && self.sieve.is_by_jail_alone();
        let mut opened = Vec::new();
        for part in parts {
            let Some(jail) = self.sieve.jail(part.key.0.jail) else { continue };
            let first = i64::from(part.key.0.day) * DAY_SECS;
            let behind = first + DAY_SECS;
            let whole = first >= self.seconds.0 && behind <= self.seconds.1;
            let attacks = u64::try_from(part.attacks).unwrap_or_default();
            if !(counted && whole && sink.day(jail, first, behind, attacks)) {
                opened.push(part);
            }
        }
        self.open(connection, &opened, &mut |part, packed| {
            self.entries(part, packed, |hit| sink.hit(hit))?;
            Ok(ControlFlow::Continue(()))
        })
    }

    /// The parts of the period's days in the jails that are wanted, oldest day first.
    pub(super) fn parts(&self, connection: &mut AnyConnection) -> Result<Vec<PartInfo>, TxError> {
        let day = |second: i64| i32::try_from(second.div_euclid(DAY_SECS)).unwrap_or(i32::MAX);
        let rows: Vec<(i32, i32, i32, i32, i64)> = ban_packs::table
            .filter(ban_packs::day.between(day(self.seconds.0), day(self.seconds.1 - 1)))
            .filter(ban_packs::kind.eq(self.kind.code()))
            .order((ban_packs::day, ban_packs::jail_id, ban_packs::part))
            .select((
                ban_packs::day,
                ban_packs::jail_id,
                ban_packs::part,
                ban_packs::attacks,
                ban_packs::changed,
            ))
            .load(connection)?;
        let parts = rows.into_iter().filter(|row| self.sieve.jail(row.1).is_some());
        Ok(parts
            .map(|(day, jail, part, attacks, changed)| PartInfo {
                key: (Shelf { day, kind: self.kind.code(), jail }, part),
                attacks,
                changed,
            })
            .collect())
    }

    /// Hands out the bytes of parts, in their order, remembered ones and others, until `each` has enough.
    pub(super) fn open(
        &self,
        connection: &mut AnyConnection,
        parts: &[PartInfo],
        each: Open<'_>,
    ) -> Result<(), TxError> {
        for chunk in parts.chunks(FETCH) {
            let mut remembered: Vec<Option<Arc<Vec<u8>>>> = Vec::with_capacity(chunk.len());
            for part in chunk {
                let known = self.memory.packs.get(&part.key).filter(|known| known.changed == part.changed);
                remembered.push(known.map(|known| known.packed));
            }
            let missing: Vec<PartKey> = chunk
                .iter()
                .zip(&remembered)
                .filter(|(_, known)| known.is_none())
                .map(|(part, _)| part.key)
                .collect();
            let mut fetched: HashMap<PartKey, (i64, Arc<Vec<u8>>)> = HashMap::new();
            if !missing.is_empty() {
                let rows: Vec<(i32, i32, i32, i32, i64, Vec<u8>)> = PartsAt(&missing).load(connection)?;
                for (day, kind, jail, part, changed, packed) in rows {
                    let key = (Shelf { day, kind, jail }, part);
                    let packed = Arc::new(packed);
                    self.memory.packs.insert(key, Remembered { changed, packed: Arc::clone(&packed) });
                    fetched.insert(key, (changed, packed));
                }
            }
            for (part, known) in chunk.iter().zip(remembered) {
                // One that is gone since was emptied by somebody's prune.
                let Some(packed) = known.or_else(|| fetched.remove(&part.key).map(|(_, packed)| packed))
                else {
                    continue;
                };
                if each(part, &packed)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The entries of a part that are wanted.
    pub(super) fn entries(
        &self,
        part: &PartInfo,
        packed: &[u8],
        mut each: impl FnMut(Hit),
    ) -> Result<(), TxError> {
        let of = part.key.0;
        let Some(jail) = self.sieve.jail(of.jail) else { return Ok(()) };
        let first = i64::from(of.day) * DAY_SECS;
        let (since, until) = self.seconds;
        let whole = since <= first && first + DAY_SECS <= until;
        let passes = self.sieve.passes(self.places);
        let walked = walk(packed, |entry| {
            let at = first + i64::from(entry.second);
            if !whole && at >= until {
                return false;
            }
            let (address, origin) = (entry.address, entry.origin);
            if (whole || at >= since) && passes.admit(jail, at, address, origin) {
                each(Hit { jail, at, address, origin });
            }
            true
        });
        walked.map_err(|damaged| StoreError::Backend(Box::new(damaged)).into())
    }

    /// Goes through the rows of a few addresses.
    fn rows(
        &self,
        connection: &mut AnyConnection,
        pinned: &[u32],
        sink: &mut impl Sink,
    ) -> Result<(), TxError> {
        let ids: Vec<i32> = pinned.iter().filter_map(|id| i32::try_from(*id).ok()).collect();
        let (at, origin) = match self.kind {
            Kind::Ban => ("banned_at", "origin"),
            Kind::Unban => ("ended_at", "end_origin"),
        };
        let (since, until) = (self.seconds.0.saturating_mul(1_000), self.seconds.1.saturating_mul(1_000));
        let query = format!(
            "SELECT address_id, jail_id, {at} AS at, {origin} AS origin FROM bans \
             WHERE address_id IN ({}) AND {at} >= {since} AND {at} < {until}",
            number_list(&ids)
        );
        let rows: Vec<Row> = diesel::sql_query(query).load(connection)?;
        for row in rows {
            let (Some(jail), Ok(address), Ok(origin)) =
                (self.sieve.jail(row.jail_id), u32::try_from(row.address_id), u8::try_from(row.origin))
            else {
                continue;
            };
            let at = row.at.div_euclid(1_000);
            if self.sieve.admits(self.places, jail, at, address, origin) {
                sink.hit(Hit { jail, at, address, origin });
            }
        }
        Ok(())
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    address_id: i32,
    #[diesel(sql_type = Integer)]
    jail_id: i32,
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Integer)]
    origin: i32,
}

/// A SELECT of the parts with some keys, which must not be none.
struct PartsAt<'a>(&'a [PartKey]);

impl QueryFragment<MultiBackend> for PartsAt<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        pass.push_sql("SELECT p.day, p.kind, p.jail_id, p.part, p.changed, p.packed FROM (VALUES ");
        for (index, (shelf, part)) in self.0.iter().enumerate() {
            pass.push_sql(if index == 0 { "(" } else { ", (" });
            pass.push_bind_param::<Integer, _>(&shelf.day)?;
            for number in [&shelf.kind, &shelf.jail, part] {
                comma(&mut pass).push_bind_param::<Integer, _>(number)?;
            }
            pass.push_sql(")");
        }
        pass.push_sql(
            ") AS k CROSS JOIN ban_packs AS p WHERE p.day = k.column1 AND p.kind = k.column2 \
             AND p.jail_id = k.column3 AND p.part = k.column4",
        );
        Ok(())
    }
}

impl QueryId for PartsAt<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for PartsAt<'_> {
    type SqlType = (Integer, Integer, Integer, Integer, BigInt, Binary);
}

impl RunQueryDsl<AnyConnection> for PartsAt<'_> {}
