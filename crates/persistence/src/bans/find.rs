//! Questions about active bans and about the history. Each order is total: it ends in the row's id.

use bangui_domain::model::{
    ActiveBan, BanEvent, BanQuery, Cursor, EventId, EventQuery, Page, ServerId, SortKey, Target,
};
use diesel::dsl::not;
use diesel::prelude::*;

use super::cursor::{self, page, rows_wanted};
use super::rows::{ACTIVE_COLUMNS, ActiveRow, EVENT_COLUMNS, EventRow};
use crate::connection::{AnyConnection, TxError};
use crate::schema::{active_bans, ban_events};
use crate::text::{like_pattern, storable};

/// The keys of all IPv4 addresses, which lie inside IPv6's.
const IPV4_KEYS: (&str, &str) = ("00000000000000000000ffff00000000", "00000000000000000000ffffffffffff");

/// Where the keys of `target` begin and end, and whether all of IPv4 has to be left out: `::/0` is IPv6 alone.
fn keys(target: &Target) -> (String, String, bool) {
    let (low, high) = target.key_range();
    let spans_ipv4 =
        target.as_net().addr().is_ipv6() && low.as_str() <= IPV4_KEYS.0 && high.as_str() >= IPV4_KEYS.1;
    (low, high, spans_ipv4)
}

/// The entries that are networks around `target`, as fail2ban spells them. At most 128 can be, so that they need no
/// column of their own: each is looked up by its text. Nearly always there is none, and then the question that
/// follows keeps to one index. The empty text behind the server keeps SQLite from walking all of that server's
/// rows: the unique index, which begins with `ip`, is the one to use.
macro_rules! networks_around {
    ($connection:ident, $table:ident, $server:expr, $target:expr) => {{
        let around: Vec<String> = $target.covering().map(|net| net.to_string()).collect();
        $table::table
            .filter($table::ip.eq_any(around))
            .filter($table::server_id.concat("").eq($server.as_str()))
            .select($table::ip)
            .distinct()
            .load::<String>($connection)
    }};
}

/// Sorts by a column and the id, and begins behind a cursor.
macro_rules! keyset {
    ($query:ident, $table:ident, $column:ident, $after:expr, $descending:expr) => {{
        if let Some((value, id)) = $after {
            let behind = if $descending {
                $query.filter(
                    $table::$column.le(value.clone()).and($table::$column.lt(value).or($table::id.lt(id))),
                )
            } else {
                $query.filter(
                    $table::$column.ge(value.clone()).and($table::$column.gt(value).or($table::id.gt(id))),
                )
            };
            $query = behind;
        }
        if $descending {
            $query.order(($table::$column.desc(), $table::id.desc()))
        } else {
            $query.order(($table::$column.asc(), $table::id.asc()))
        }
    }};
}

pub(super) fn bans(connection: &mut AnyConnection, query: &BanQuery) -> Result<Page<ActiveBan>, TxError> {
    let mut found = active_bans::table
        .filter(active_bans::server_id.eq(query.server.as_str()))
        .select(ACTIVE_COLUMNS)
        .into_boxed();
    if let Some(jail) = &query.jail {
        found = found.filter(active_bans::jail.eq(jail.as_str()));
    }
    if let Some(target) = &query.overlapping {
        let (low, high, spans_ipv4) = keys(target);
        let around = networks_around!(connection, active_bans, query.server, target)?;
        found = if around.is_empty() {
            found.filter(active_bans::ip_key.between(low, high))
        } else {
            found.filter(active_bans::ip_key.between(low, high).or(active_bans::ip.eq_any(around)))
        };
        if spans_ipv4 {
            found = found.filter(not(active_bans::ip_key.between(IPV4_KEYS.0, IPV4_KEYS.1)));
        }
    }
    if let Some(id) = &query.id {
        found = found.filter(active_bans::ip.eq(storable(id.as_str()).into_owned()));
    }
    if let Some(text) = &query.text {
        let Some(pattern) = like_pattern(text) else { return Ok(Page { items: Vec::new(), next: None }) };
        found = found.filter(active_bans::search.like(pattern).escape('\\'));
    }
    let after = query.after.as_ref();
    let down = query.sort.descending;
    let found = match query.sort.key {
        SortKey::BannedAt => {
            let after = after.map(|at| cursor::number(at).map(|value| (value, at.id))).transpose()?;
            keyset!(found, active_bans, banned_at, after, down)
        }
        SortKey::ExpiresAt => {
            let after = after.map(|at| cursor::number(at).map(|value| (value, at.id))).transpose()?;
            keyset!(found, active_bans, expires_at, after, down)
        }
        SortKey::Ip => {
            let after = after.map(|at| cursor::address(at).map(|value| (value, at.id))).transpose()?;
            keyset!(found, active_bans, ip_key, after, down)
        }
        SortKey::Jail => {
            let after = after.map(|at| cursor::jail(at).map(|value| (value, at.id))).transpose()?;
            keyset!(found, active_bans, jail, after, down)
        }
    };
    let rows: Vec<ActiveRow> = found.limit(rows_wanted(query.limit)).load(connection)?;
    page(rows, query.limit, |row| row.place(query.sort.key), ActiveRow::into_ban)
}

pub(super) fn events(connection: &mut AnyConnection, query: &EventQuery) -> Result<Page<BanEvent>, TxError> {
    let mut found = ban_events::table
        .filter(ban_events::server_id.eq(query.server.as_str()))
        .select(EVENT_COLUMNS)
        .into_boxed();
    if let Some(jail) = &query.jail {
        found = found.filter(ban_events::jail.eq(jail.as_str()));
    }
    if let Some(target) = &query.overlapping {
        let (low, high, spans_ipv4) = keys(target);
        let around = networks_around!(connection, ban_events, query.server, target)?;
        found = if around.is_empty() {
            found.filter(ban_events::ip_key.between(low, high))
        } else {
            found.filter(ban_events::ip_key.between(low, high).or(ban_events::ip.eq_any(around)))
        };
        if spans_ipv4 {
            found = found.filter(not(ban_events::ip_key.between(IPV4_KEYS.0, IPV4_KEYS.1)));
        }
    }
    if let Some(kind) = query.kind {
        found = found.filter(ban_events::kind.eq(kind.as_str()));
    }
    if let Some(origin) = query.origin {
        found = found.filter(ban_events::origin.eq(origin.as_str()));
    }
    if let Some(since) = query.since {
        found = found.filter(ban_events::occurred_at.ge(since.as_millis()));
    }
    if let Some(until) = query.until {
        found = found.filter(ban_events::occurred_at.lt(until.as_millis()));
    }
    if let Some(text) = &query.text {
        let Some(pattern) = like_pattern(text) else { return Ok(Page { items: Vec::new(), next: None }) };
        found = found.filter(ban_events::search.like(pattern).escape('\\'));
    }
    let after = match &query.after {
        Some(at) => Some((cursor::number(at)?, at.id)),
        None => None,
    };
    let found = keyset!(found, ban_events, occurred_at, after, true);
    let rows: Vec<EventRow> = found.limit(rows_wanted(query.limit)).load(connection)?;
    let place = |row: &EventRow| Cursor { value: row.occurred_at.to_string(), id: row.id };
    page(rows, query.limit, place, EventRow::into_event)
}

pub(super) fn events_after(
    connection: &mut AnyConnection,
    server: &ServerId,
    after: EventId,
    limit: u16,
) -> Result<Vec<BanEvent>, TxError> {
    let rows: Vec<EventRow> = ban_events::table
        .filter(ban_events::server_id.eq(server.as_str()))
        .filter(ban_events::id.gt(after.0))
        .order(ban_events::id.asc())
        .limit(i64::from(limit))
        .select(EVENT_COLUMNS)
        .load(connection)?;
    Ok(rows.into_iter().map(EventRow::into_event).collect::<Result<_, _>>()?)
}

impl ActiveRow {
    /// The cursor behind this row in the order of `key`.
    fn place(&self, key: SortKey) -> Cursor {
        let value = match key {
            SortKey::BannedAt => self.banned_at.to_string(),
            SortKey::ExpiresAt => self.expires_at.to_string(),
            SortKey::Ip => self.ip_key.clone(),
            SortKey::Jail => self.jail.clone(),
        };
        Cursor { value, id: self.id }
    }
}
