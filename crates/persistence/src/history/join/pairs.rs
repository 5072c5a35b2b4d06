//! Bans that were recorded twice: once by fail2ban's database, which has the real moment, and once by a list that was read
//! in another time zone, a whole number of quarter hours off. Addresses that come back are banned again and again, and some
//! of those bans lie a whole number of quarter hours apart by chance: only an offset that explains most bans counts.

use bangui_domain::model::{BanKey, BanTime, Origin, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::rows::{Row, replace};
use crate::bans::code::origin_code;
use crate::bans::rows::expires_at;
use crate::connection::{AnyConnection, TxError};
use crate::schema::{bans, jails};

/// Zones differ by whole quarter hours.
const STEP_MILLIS: i64 = 900_000;
/// And by 26 hours at most.
const MOST_MILLIS: i64 = 104 * STEP_MILLIS;
/// Bans of one server that have to be off by the same time, where none of them proves it by itself.
const SYSTEMATIC: i64 = 3;
/// An address may be banned again so soon after its ban was over.
const AGAIN_MILLIS: i64 = 60_000;
/// Pairs that are read at a time.
const PORTION: i64 = 2_000;

/// By how much a list may have been off, and how many bans say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
struct Offset {
    /// In quarter hours; later is positive.
    #[diesel(sql_type = BigInt)]
    steps: i64,
    /// How many bans would be wrong.
    #[diesel(sql_type = BigInt)]
    wrong: i64,
    /// When the first of them began.
    #[diesel(sql_type = BigInt)]
    first: i64,
    /// When the last of them began.
    #[diesel(sql_type = BigInt)]
    last: i64,
    /// Whether one of them ended before it began, which no ban does.
    #[diesel(sql_type = BigInt)]
    absurd: i64,
}

impl Offset {
    /// Whether it explains most of `doubted`: when each ban of the server began that a list alone told of, while the address
    /// was banned at another time as well. In order.
    fn counts(&self, doubted: &[Moment]) -> bool {
        let begins = |at: i64| doubted.partition_point(|moment| moment.banned_at < at);
        let spanned = begins(self.last.saturating_add(1)) - begins(self.first);
        let most = i64::try_from(spanned).is_ok_and(|spanned| self.wrong.saturating_mul(2) > spanned);
        most && (self.absurd != 0 || self.wrong >= SYSTEMATIC)
    }
}

#[derive(Debug, QueryableByName)]
struct Moment {
    #[diesel(sql_type = BigInt)]
    banned_at: i64,
}

/// Two rows that are one ban.
#[derive(Debug, QueryableByName)]
struct Pair {
    /// The one of which fail2ban's database told.
    #[diesel(sql_type = BigInt, column_name = kept)]
    right: i64,
    /// The one that only a list told.
    #[diesel(sql_type = BigInt)]
    wrong: i64,
}

/// Joins the bans that are there twice; answers how many. Packs are not touched.
pub(super) fn join_pairs(connection: &mut AnyConnection) -> Result<u64, TxError> {
    let servers: Vec<String> =
        jails::table.select(jails::server_id).distinct().order(jails::server_id).load(connection)?;
    let mut joined = 0;
    for server in servers {
        // What one offset explains is gone before the next is weighed: a zone has another one in summer.
        while let Some(offset) = systematic(connection, &server)? {
            let count = join_all(connection, &server, offset)?;
            if count == 0 {
                break;
            }
            joined += count;
        }
    }
    Ok(joined)
}

/// What `w`, a row that only a list told, and `r`, a row of fail2ban's database, have to have in common to be one ban: the
/// failures are told by the database alone. Imported rows have none either, and are not meant: an import knows what was there.
fn related() -> String {
    let farthest = MOST_MILLIS + BanKey::ROUNDING_MILLIS;
    let nearest = STEP_MILLIS - BanKey::ROUNDING_MILLIS;
    format!(
        "w.failures IS NULL AND w.id > 0 AND r.failures IS NOT NULL AND r.id > 0 \
         AND r.address_id = w.address_id AND r.jail_id = w.jail_id \
         AND r.banned_at BETWEEN w.banned_at - {farthest} AND w.banned_at + {farthest} \
         AND abs(w.banned_at - r.banned_at) >= {nearest} \
         AND (w.bantime = r.bantime OR w.bantime = 0 OR r.bantime = 0)"
    )
}

/// Which of them may be one ban, but for how far they are apart. A ban that was over in its own time, or that began when the
/// time of the other one was just over, may well be another one.
fn alike() -> String {
    let expired = origin_code(Origin::Expired);
    format!(
        "{} AND NOT (w.banned_at > r.banned_at AND coalesce(w.end_origin, -1) = {expired}) \
         AND NOT (w.banned_at < r.banned_at AND w.bantime > 0 \
         AND r.banned_at - w.banned_at - w.bantime * 1000 BETWEEN 0 AND {AGAIN_MILLIS})",
        related()
    )
}

/// The most frequent offset of a server that counts.
fn systematic(connection: &mut AnyConnection, server: &str) -> Result<Option<Offset>, TxError> {
    let rounding = BanKey::ROUNDING_MILLIS;
    let offsets: Vec<Offset> = diesel::sql_query(format!(
        "SELECT o.steps, count(DISTINCT o.id) AS wrong, min(o.banned_at) AS first, max(o.banned_at) AS last, \
         max(o.absurd) AS absurd FROM (SELECT w.id, w.banned_at, \
         (abs(w.banned_at - r.banned_at) + {rounding}) / {STEP_MILLIS} \
         * CASE WHEN w.banned_at < r.banned_at THEN -1 ELSE 1 END AS steps, \
         CAST(CASE WHEN w.ended_at < w.banned_at AND w.ended_at >= r.banned_at THEN 1 ELSE 0 END AS BIGINT) AS absurd \
         FROM bans AS w JOIN jails AS j ON j.id = w.jail_id JOIN bans AS r ON {} WHERE j.server_id = $1 \
         AND (abs(w.banned_at - r.banned_at) + {rounding}) % {STEP_MILLIS} <= 2 * {rounding}) AS o \
         GROUP BY o.steps ORDER BY wrong DESC, abs(o.steps), o.steps",
        alike()
    ))
    .bind::<Text, _>(server)
    .load(connection)?;
    if offsets.is_empty() {
        return Ok(None);
    }
    let doubted: Vec<Moment> = diesel::sql_query(format!(
        "SELECT w.banned_at FROM bans AS w JOIN jails AS j ON j.id = w.jail_id WHERE j.server_id = $1 \
         AND w.failures IS NULL AND w.id > 0 AND EXISTS (SELECT 1 FROM bans AS r WHERE {}) ORDER BY w.banned_at",
        related()
    ))
    .bind::<Text, _>(server)
    .load(connection)?;
    Ok(offsets.into_iter().find(|offset| offset.counts(&doubted)))
}

/// Joins all pairs of a server that are so far apart; answers how many.
fn join_all(connection: &mut AnyConnection, server: &str, offset: Offset) -> Result<u64, TxError> {
    let off = offset.steps.saturating_mul(STEP_MILLIS);
    let rounding = BanKey::ROUNDING_MILLIS;
    let query = format!(
        "SELECT r.id AS kept, w.id AS wrong FROM bans AS w JOIN jails AS j ON j.id = w.jail_id JOIN bans AS r ON {} \
         AND r.banned_at BETWEEN w.banned_at - ({off}) - {rounding} AND w.banned_at - ({off}) + {rounding} \
         WHERE j.server_id = $1 AND w.id > $2 ORDER BY w.id, abs(w.banned_at - r.banned_at - ({off})), r.id \
         LIMIT {PORTION}",
        alike()
    );
    let (mut behind, mut joined) = (0, 0);
    loop {
        let pairs: Vec<Pair> =
            diesel::sql_query(&query).bind::<Text, _>(server).bind::<BigInt, _>(behind).load(connection)?;
        if pairs.is_empty() {
            return Ok(joined);
        }
        for pair in pairs {
            // The nearest one of its partners comes first.
            if pair.wrong > behind {
                join(connection, &pair)?;
                joined += 1;
                behind = pair.wrong;
            }
        }
    }
}

fn join(connection: &mut AnyConnection, pair: &Pair) -> Result<(), TxError> {
    let row = |connection: &mut AnyConnection, id: i64| {
        bans::table.find(id).select(Row::as_select()).first(connection)
    };
    let (right, wrong): (Row, Row) = (row(connection, pair.right)?, row(connection, pair.wrong)?);
    let in_force = in_force(connection, &right)?;
    let is_right = in_force.is_some_and(|at| (at - right.banned_at).abs() <= BanKey::ROUNDING_MILLIS);
    let mut joined = right.with(&wrong);
    if is_right && right.ended_at.is_none() {
        // It was gone from the list under its wrong time alone, when the zone was corrected.
        (joined.ended_at, joined.end_id, joined.end_origin) = (None, None, None);
    }
    replace(connection, &joined, wrong.id)?;
    if in_force != Some(wrong.banned_at) || is_right {
        return Ok(());
    }
    let active = if joined.ended_at.is_none() {
        let begun = Timestamp::from_millis(joined.banned_at);
        let expires_at = expires_at(BanTime::from_fail2ban(joined.bantime), begun);
        format!("UPDATE active_bans SET banned_at = {}, expires_at = {expires_at}", joined.banned_at)
    } else {
        "DELETE FROM active_bans".to_owned()
    };
    diesel::sql_query(format!("{active} WHERE id = ({})", active_row("id")))
        .bind::<Integer, _>(right.jail_id)
        .bind::<Integer, _>(right.address_id)
        .execute(connection)?;
    Ok(())
}

/// When the ban in force of the address of `row` began, in its jail.
fn in_force(connection: &mut AnyConnection, row: &Row) -> Result<Option<i64>, TxError> {
    #[derive(QueryableByName)]
    struct Begun {
        #[diesel(sql_type = Nullable<BigInt>)]
        at: Option<i64>,
    }
    let begun = diesel::sql_query(format!("SELECT ({}) AS at", active_row("banned_at")))
        .bind::<Integer, _>(row.jail_id)
        .bind::<Integer, _>(row.address_id)
        .get_result::<Begun>(connection)?;
    Ok(begun.at)
}

/// A SELECT of one column of the ban in force in the jail `$1` of the address `$2`.
fn active_row(column: &str) -> String {
    format!(
        "SELECT e.{column} FROM jails AS j CROSS JOIN addresses AS a JOIN active_bans AS e ON e.ip = a.ip \
         AND e.jail = j.name AND e.server_id = j.server_id WHERE j.id = $1 AND a.id = $2"
    )
}

#[cfg(test)]
mod tests {
    use super::{Moment, Offset};

    fn counts(wrong: i64, absurd: i64, span: (i64, i64), doubted: &[i64]) -> bool {
        let doubted: Vec<Moment> = doubted.iter().map(|at| Moment { banned_at: *at }).collect();
        Offset { steps: 4, wrong, first: span.0, last: span.1, absurd }.counts(&doubted)
    }

    #[test]
    fn an_offset_counts_where_it_explains_most_of_what_it_spans() {
        assert!(counts(3, 0, (10, 30), &[10, 20, 30]));
        assert!(!counts(2, 0, (10, 20), &[10, 20]), "two may be chance");
        assert!(counts(1, 1, (10, 10), &[10]), "one that ended before it began is none");
        assert!(counts(3, 0, (10, 30), &[1, 2, 10, 11, 20, 30, 31, 32]), "what lies around does not matter");
        assert!(!counts(3, 0, (10, 30), &[10, 11, 12, 13, 20, 30]), "half is not most");
        assert!(!counts(1, 1, (10, 20), &[10, 15, 20]));
    }
}
