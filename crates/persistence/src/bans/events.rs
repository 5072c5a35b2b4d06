//! Reads events: each ban is one row, and its beginning and its end are two events of the history.

use bangui_domain::model::{BanEvent, BanId, BanKey, BanTime, EventId, EventKind, ServerId, Timestamp};
use bangui_domain::ports::StoreError;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::code;
use super::names::place;
use super::rows::jail;
use crate::connection::{AnyConnection, TxError};
use crate::fault::{UnknownValue, readable};

/// A ban with all that its numbers stand for, and the note of the end that was asked for.
#[derive(Debug, QueryableByName)]
pub(crate) struct EventRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    banned_at: i64,
    #[diesel(sql_type = BigInt)]
    bantime: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    ended_at: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    end_id: Option<i64>,
    #[diesel(sql_type = Integer)]
    origin: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    end_origin: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    ban_count: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    failures: Option<i32>,
    #[diesel(sql_type = Text)]
    server_id: String,
    #[diesel(sql_type = Text)]
    jail: String,
    #[diesel(sql_type = Text)]
    ip: String,
    #[diesel(sql_type = Nullable<Text>)]
    country: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    asn: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    network: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    by_user: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
}

impl EventRow {
    fn into_event(self, kind: EventKind) -> Result<BanEvent, StoreError> {
        let incomplete = || UnknownValue { wanted: "the end of a ban", value: "nothing".to_owned() };
        let (id, at, origin) = match kind {
            EventKind::Ban => (self.id, self.banned_at, self.origin),
            EventKind::Unban => (
                self.end_id.ok_or_else(incomplete)?,
                self.ended_at.ok_or_else(incomplete)?,
                self.end_origin.ok_or_else(incomplete)?,
            ),
        };
        let count = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        Ok(BanEvent {
            id: EventId(id),
            ban: EventId(self.id),
            server: ServerId::from_stored(self.server_id),
            kind,
            key: BanKey {
                jail: jail(self.jail)?,
                id: BanId::from_stored(self.ip, []),
                banned_at: Timestamp::from_millis(self.banned_at),
            },
            occurred_at: Timestamp::from_millis(at),
            bantime: BanTime::from_fail2ban(self.bantime),
            ban_count: count(self.ban_count),
            failures: if kind == EventKind::Ban { count(self.failures) } else { None },
            origin: code::origin(origin)?,
            by: self.by_user,
            reason: self.reason,
            place: place(self.country, self.asn, self.network),
        })
    }
}

/// Which rows of `bans` are wanted, as SQL over `b`, made of nothing but numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Choose {
    /// Rows `k` of numbers, for each of which rows are looked up that meet the condition.
    pub(crate) keys: Option<String>,
    /// The condition.
    pub(crate) condition: String,
    /// What comes behind ORDER BY.
    pub(crate) order: String,
    /// The most rows.
    pub(crate) limit: usize,
}

/// An event with its place in the history, which is known also where the rest cannot be read.
pub(crate) struct Placed {
    /// When it happened.
    pub(crate) at: Timestamp,
    /// Its number.
    pub(crate) id: EventId,
    /// The event.
    pub(crate) event: Result<BanEvent, StoreError>,
}

/// Reads the events of one kind that were chosen, in their order. Rows are chosen first, and then told with all that their
/// numbers stand for.
pub(crate) fn select(
    connection: &mut AnyConnection,
    kind: EventKind,
    choose: &Choose,
) -> Result<Vec<Placed>, TxError> {
    let at_end = i32::from(kind == EventKind::Unban);
    let ended = if kind == EventKind::Unban { " AND b.end_id IS NOT NULL" } else { "" };
    let Choose { keys, condition, order, limit } = choose;
    let chosen = match (keys, &*connection) {
        (None, _) => format!("bans AS b WHERE {condition}{ended}"),
        (Some(keys), AnyConnection::Sqlite(_)) => {
            format!("(VALUES {keys}) AS k CROSS JOIN bans AS b WHERE {condition}{ended}")
        }
        // Each is looked up by itself: PostgreSQL would rather read the whole table once. OFFSET 0 keeps it from that.
        (Some(keys), AnyConnection::Postgres(_)) => format!(
            "(VALUES {keys}) AS k CROSS JOIN LATERAL (SELECT * FROM bans AS b WHERE {condition}{ended} OFFSET 0) AS b"
        ),
    };
    let query = format!(
        "SELECT b.id, b.banned_at, b.bantime, b.ended_at, b.end_id, b.origin, b.end_origin, b.ban_count, b.failures, \
         j.server_id, j.name AS jail, a.ip, a.country, a.asn, w.name AS network, n.by_user, n.reason \
         FROM (SELECT b.* FROM {chosen} ORDER BY {order} LIMIT {limit}) AS b \
         CROSS JOIN jails AS j CROSS JOIN addresses AS a LEFT JOIN networks AS w ON w.asn = a.asn \
         LEFT JOIN ban_notes AS n ON n.ban_id = b.id AND n.at_end = {at_end} \
         WHERE j.id = b.jail_id AND a.id = b.address_id ORDER BY {order}"
    );
    let rows: Vec<EventRow> = diesel::sql_query(query).load(connection)?;
    let placed = |row: EventRow| {
        let (at, id) = match kind {
            EventKind::Ban => (row.banned_at, row.id),
            EventKind::Unban => (row.ended_at.unwrap_or(row.banned_at), row.end_id.unwrap_or(row.id)),
        };
        Placed { at: Timestamp::from_millis(at), id: EventId(id), event: row.into_event(kind) }
    };
    Ok(rows.into_iter().map(placed).collect())
}

/// The numbers of a server's jails, for a condition: `0` where it has none.
pub(crate) fn jail_list(connection: &mut AnyConnection, server: &ServerId) -> Result<String, TxError> {
    use crate::schema::jails;
    let ids: Vec<i32> = jails::table
        .filter(jails::server_id.eq(server.as_str()))
        .select(jails::id)
        .order(jails::id)
        .load(connection)?;
    Ok(number_list(&ids))
}

/// Numbers as SQL's IN wants them; `0`, which is no row's number, where there are none.
pub(crate) fn number_list(ids: &[i32]) -> String {
    if ids.is_empty() {
        return "0".to_owned();
    }
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Events of a server behind a number, oldest number first. Events that cannot be read are passed over.
pub(super) fn events_after(
    connection: &mut AnyConnection,
    server: &ServerId,
    after: EventId,
    limit: u16,
) -> Result<Vec<BanEvent>, TxError> {
    let jails = jail_list(connection, server)?;
    let (mut after, limit) = (after, usize::from(limit));
    let mut events = Vec::new();
    loop {
        let room = limit - events.len();
        let choose = |id: &str| Choose {
            condition: format!("{id} > {} AND b.jail_id IN ({jails})", after.0),
            order: id.to_owned(),
            limit: room,
            ..Choose::default()
        };
        let mut found = select(connection, EventKind::Ban, &choose("b.id"))?;
        found.append(&mut select(connection, EventKind::Unban, &choose("b.end_id"))?);
        found.sort_unstable_by_key(|placed| placed.id);
        found.truncate(room);
        let is_last = found.len() < room;
        after = found.last().map_or(after, |placed| placed.id);
        let read: Vec<BanEvent> =
            readable("bans", found.into_iter().map(|placed| (placed.id.0, placed.event)));
        events.extend(read);
        // Whoever asks goes on behind the last event, and takes fewer than the limit for the end.
        if is_last || events.len() >= limit {
            return Ok(events);
        }
    }
}
