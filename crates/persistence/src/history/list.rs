//! Lists of events, newest first: back from the newest, or from a place on towards it. Where everything is wanted, or a
//! few addresses, rows are read in the order of an index; otherwise packs tell which rows are wanted, so that a page is
//! quick however rare they are.

use std::ops::ControlFlow;

use bangui_domain::model::{BanEvent, Cursor, EventKind, EventQuery, Page, Timestamp};
use diesel::prelude::*;

use super::memory::Memory;
use super::packs::Kind;
use super::places::PlaceTable;
use super::scan::{Hit, Scan, has_few_rows};
use super::sieve::Sieve;
use crate::bans::cursor::{number, page, rows_wanted};
use crate::bans::events::{Choose, Placed, number_list, select};
use crate::connection::{AnyConnection, CHUNK, TxError};
use crate::schema::ban_packs;

/// Where the page begins and how much of it is wanted.
struct Wanted {
    /// The first millisecond, and the one behind the last.
    millis: (i64, i64),
    /// Behind this event: time and number.
    after: Option<(i64, i64)>,
    /// What is newer is behind.
    newer: bool,
    rows: usize,
}

impl Wanted {
    /// SQL that keeps to the period and the cursor, for an event's time and number.
    fn condition(&self, at: &str, id: &str) -> String {
        let (since, until) = self.millis;
        let mut condition = format!("{at} >= {since} AND {at} < {until}");
        if let Some((time, number)) = self.after {
            let than = if self.newer { '>' } else { '<' };
            condition = format!(
                "{condition} AND {at} {than}= {time} AND ({at} {than} {time} OR {id} {than} {number})"
            );
        }
        condition
    }

    /// Whether an event lies behind the cursor, in the period.
    fn takes(&self, event: &Placed) -> bool {
        let at = event.at.as_millis();
        let behind = self.after.is_none_or(|place| self.is_behind(place, (at, event.id.0)));
        behind && at >= self.millis.0 && at < self.millis.1
    }

    /// Whether what is at `place` comes later on in the walk than what is at `from`.
    fn is_behind<T: Ord + Copy>(&self, from: T, place: T) -> bool {
        if self.newer { place > from } else { place < from }
    }

    /// Whether an entry of this second is behind the cursor's own second.
    fn is_sure(&self, second: i64) -> bool {
        self.after.is_none_or(|(time, _)| self.is_behind(time.div_euclid(1_000), second))
    }

    /// The direction of the walk in SQL.
    fn order(&self) -> &'static str {
        if self.newer { "ASC" } else { "DESC" }
    }

    /// Puts what was found in the order of the walk.
    fn sort_by_key<T, K: Ord>(&self, found: &mut [T], key: impl Fn(&T) -> K) {
        found.sort_unstable_by_key(|one| key(one));
        if !self.newer {
            found.reverse();
        }
    }
}

pub(crate) fn events(
    connection: &mut AnyConnection,
    memory: &Memory,
    query: &EventQuery,
) -> Result<Page<BanEvent>, TxError> {
    let after = query.after.as_ref().map(|at| number(at).map(|value| (value, at.id))).transpose()?;
    let wanted = Wanted {
        millis: (
            query.since.map_or(i64::MIN, Timestamp::as_millis),
            query.until.map_or(i64::MAX, Timestamp::as_millis),
        ),
        after,
        newer: query.newer,
        rows: usize::try_from(rows_wanted(query.limit)).unwrap_or(usize::MAX),
    };
    let sieve = Sieve::new(connection, &query.filter, false)?;
    let mut found = Vec::new();
    for kind in [EventKind::Ban, EventKind::Unban] {
        if query.filter.kind.is_none_or(|asked| asked == kind) && !sieve.jails.is_empty() {
            found.append(&mut of_kind(connection, memory, &sieve, kind, &wanted, query)?);
        }
    }
    wanted.sort_by_key(&mut found, |placed| (placed.at, placed.id));
    let place = |placed: &Placed| Cursor { value: placed.at.as_millis().to_string(), id: placed.id.0 };
    let mut found = page("bans", found, query.limit, place, |placed| placed.event);
    if wanted.newer {
        found.items.reverse();
    }
    Ok(found)
}

fn of_kind(
    connection: &mut AnyConnection,
    memory: &Memory,
    sieve: &Sieve,
    kind: EventKind,
    wanted: &Wanted,
    query: &EventQuery,
) -> Result<Vec<Placed>, TxError> {
    let (at, id, origin) = columns(kind);
    let direction = wanted.order();
    let jails: Vec<i32> = sieve.jails.iter().map(|jail| jail.id).collect();
    let mut choose = Choose {
        condition: format!("{} AND b.jail_id IN ({})", wanted.condition(at, id), number_list(&jails)),
        order: format!("{at} {direction}, {id} {direction}"),
        limit: wanted.rows,
        ..Choose::default()
    };
    if sieve.is_free() && query.filter.jails.is_free() {
        return select(connection, kind, &choose);
    }
    let plain =
        query.filter.texts.is_empty() && query.filter.countries.is_free() && query.filter.networks.is_free();
    if let Some(pinned) = sieve.pinned().filter(|_| plain && query.filter.targets.none_of.is_empty())
        && has_few_rows(connection, &pinned)?
    {
        let ids: Vec<i32> = pinned.iter().filter_map(|id| i32::try_from(*id).ok()).collect();
        choose.condition = format!(
            "{} AND b.address_id IN ({}) AND {origin} IN ({})",
            choose.condition,
            number_list(&ids),
            sieve.origin_list()
        );
        // Adding nothing to the time keeps to the index of addresses.
        choose.order = format!("{at} + 0 {direction}, {id} + 0 {direction}");
        return select(connection, kind, &choose);
    }
    let hits = nearest_hits(connection, memory, sieve, kind, wanted)?;
    let mut events = Vec::new();
    for chunk in hits.chunks(CHUNK) {
        let keys: Vec<String> = chunk
            .iter()
            .filter_map(|hit| {
                let jail = sieve.jails.get(hit.jail)?.id;
                Some(format!("({}, {jail}, {}, {})", hit.address, hit.at.saturating_mul(1_000), hit.origin))
            })
            .collect();
        // A ban is found by its address, its end by its time, at which few others ended. Adding nothing to the other
        // columns keeps SQLite from making an index of all rows first.
        let nothing = if kind == EventKind::Unban { " + 0" } else { "" };
        choose = Choose {
            keys: Some(keys.join(", ")),
            condition: format!(
                "b.address_id{nothing} = k.column1 AND b.jail_id{nothing} = k.column2 AND {origin} + 0 = k.column4 \
                 AND {at} BETWEEN k.column3 AND k.column3 + 999"
            ),
            limit: usize::try_from(i32::MAX).unwrap_or(usize::MAX),
            ..choose
        };
        events.append(&mut select(connection, kind, &choose)?);
    }
    events.retain(|event| wanted.takes(event));
    // Two that are alike in all that a pack knows are found by each of their entries.
    events.sort_unstable_by_key(|event| event.id);
    events.dedup_by_key(|event| event.id);
    Ok(events)
}

/// The columns of an event's time, number and origin.
fn columns(kind: EventKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        EventKind::Ban => ("b.banned_at", "b.id", "b.origin"),
        EventKind::Unban => ("b.ended_at", "b.end_id", "b.end_origin"),
    }
}

/// The entries nearest to the beginning that may be on the page: enough of them, and all of the last second, since numbers
/// settle ties.
fn nearest_hits(
    connection: &mut AnyConnection,
    memory: &Memory,
    sieve: &Sieve,
    kind: EventKind,
    wanted: &Wanted,
) -> Result<Vec<Hit>, TxError> {
    let places = PlaceTable::current(connection, memory)?;
    let kind = match kind {
        EventKind::Ban => Kind::Ban,
        EventKind::Unban => Kind::Unban,
    };
    let Some((oldest, newest)) = days(connection, kind)? else { return Ok(Vec::new()) };
    let (mut first, mut last) = (wanted.millis.0, wanted.millis.1.saturating_sub(1));
    match wanted.after {
        Some((time, _)) if wanted.newer => first = first.max(time),
        Some((time, _)) => last = last.min(time),
        None => {}
    }
    let second = |millis: i64| millis.div_euclid(1_000);
    let seconds = (second(first).max(oldest), second(last).min(newest).saturating_add(1));
    if seconds.0 >= seconds.1 {
        return Ok(Vec::new());
    }
    let scan = Scan { memory, places: &places, sieve, kind, seconds };
    let mut parts = scan.parts(connection)?;
    wanted.sort_by_key(&mut parts, |part| part.key.0.day);
    let mut hits: Vec<Hit> = Vec::new();
    let mut open_day = None;
    scan.open(connection, &parts, &mut |part, packed| {
        let day = part.key.0.day;
        // The cursor's own second may hold any number of events that were on earlier pages.
        let sure = hits.iter().filter(|hit| wanted.is_sure(hit.at)).count();
        if open_day != Some(day) && sure >= wanted.rows {
            return Ok(ControlFlow::Break(()));
        }
        open_day = Some(day);
        scan.entries(part, packed, |hit| hits.push(hit))?;
        Ok(ControlFlow::Continue(()))
    })?;
    wanted.sort_by_key(&mut hits, |hit| hit.at);
    let enough = hits.iter().filter(|hit| wanted.is_sure(hit.at)).nth(wanted.rows);
    if let Some(at) = enough.map(|hit| hit.at) {
        hits.retain(|hit| !wanted.is_behind(at, hit.at));
    }
    Ok(hits)
}

/// The first second of the oldest day, and the last of the newest.
fn days(connection: &mut AnyConnection, kind: Kind) -> Result<Option<(i64, i64)>, TxError> {
    let of_kind = || ban_packs::table.filter(ban_packs::kind.eq(kind.code())).select(ban_packs::day);
    let oldest: Option<i32> = of_kind().order(ban_packs::day.asc()).first(connection).optional()?;
    let newest: Option<i32> = of_kind().order(ban_packs::day.desc()).first(connection).optional()?;
    let day = super::pack::DAY_SECS;
    Ok(oldest
        .zip(newest)
        .map(|(oldest, newest)| (i64::from(oldest) * day, i64::from(newest) * day + day - 1)))
}
