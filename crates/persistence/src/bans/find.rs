//! Questions about active bans. Each order is total: it ends in the row's id.

use bangui_domain::model::{ActiveBan, BanQuery, Cursor, Page, ServerId, SortKey, Target};
use diesel::dsl::not;
use diesel::prelude::*;

use super::cursor::{self, page, rows_wanted};
use super::rows::{ACTIVE_COLUMNS, ActiveRow};
use crate::connection::{AnyConnection, TxError};
use crate::schema::active_bans;
use crate::text::{like_pattern, storable};

/// The keys of all IPv4 addresses, which lie inside IPv6's.
pub(crate) const IPV4_KEYS: (&str, &str) =
    ("00000000000000000000ffff00000000", "00000000000000000000ffffffffffff");

/// Where the keys of `target` begin and end, and whether all of IPv4 has to be left out: `::/0` is IPv6 alone.
pub(crate) fn keys(target: &Target) -> (String, String, bool) {
    let (low, high) = target.key_range();
    let spans_ipv4 =
        target.as_net().addr().is_ipv6() && low.as_str() <= IPV4_KEYS.0 && high.as_str() >= IPV4_KEYS.1;
    (low, high, spans_ipv4)
}

/// The entries that are networks around `target`. At most 128 can be, so that they need no
/// column of their own: each is looked up by its text. Nearly always there is none, and then the question that
/// follows keeps to one index. The empty text behind the server keeps SQLite from walking all of that server's
/// rows: the unique index, which begins with `ip`, is the one to use.
fn networks_around(
    connection: &mut AnyConnection,
    server: &ServerId,
    target: &Target,
) -> Result<Vec<String>, TxError> {
    let around: Vec<String> = target.covering().map(|net| net.to_string()).collect();
    let found = active_bans::table
        .filter(active_bans::ip.eq_any(around))
        .filter(active_bans::server_id.concat("").eq(server.as_str()))
        .select(active_bans::ip)
        .distinct()
        .load(connection)?;
    Ok(found)
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

pub(crate) fn bans(connection: &mut AnyConnection, query: &BanQuery) -> Result<Page<ActiveBan>, TxError> {
    let mut found = active_bans::table
        .filter(active_bans::server_id.eq(query.server.as_str()))
        .select(ACTIVE_COLUMNS)
        .into_boxed();
    if let Some(jail) = &query.jail {
        found = found.filter(active_bans::jail.eq(jail.as_str()));
    }
    if let Some(target) = &query.overlapping {
        let (low, high, spans_ipv4) = keys(target);
        let around = networks_around(connection, &query.server, target)?;
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
        let holds = active_bans::search.like(pattern).escape('\\');
        // An address is meant in whatever spelling.
        found = match Target::parse(text) {
            Ok(target) => found.filter(holds.or(active_bans::ip.eq(target.to_string()))),
            Err(_) => found.filter(holds),
        };
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
    Ok(page("active_bans", rows, query.limit, |row| row.place(query.sort.key), ActiveRow::into_ban))
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
