//! Bans that were recorded twice: once by fail2ban's database, which has the real moment, and once by a list that was read
//! in another time zone, a whole number of quarter hours off.

use std::collections::{HashMap, HashSet};

use bangui_domain::model::{BanKey, BanTime, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::rows::{Row, replace};
use crate::bans::rows::expires_at;
use crate::connection::{AnyConnection, TxError};
use crate::schema::bans;

/// Zones differ by whole quarter hours.
const STEP_MILLIS: i64 = 900_000;
/// And by 26 hours at most.
const MOST_STEPS: i64 = 104;
/// Pairs of one server that have to be off by the same time, where none of them proves it by itself.
const SYSTEMATIC: usize = 2;

/// Two rows that may be one ban.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
struct Pair {
    #[diesel(sql_type = Text)]
    server_id: String,
    /// The one of which fail2ban's database told.
    #[diesel(sql_type = BigInt, column_name = kept)]
    right: i64,
    /// The one that only a list told.
    #[diesel(sql_type = BigInt)]
    wrong: i64,
    /// By how many milliseconds that began later.
    #[diesel(sql_type = BigInt)]
    off: i64,
    /// Whether that ended before it began, which no ban does.
    #[diesel(sql_type = BigInt)]
    absurd: i64,
}

impl Pair {
    /// By how many quarter hours the second one began later, if it is a whole number of them.
    fn steps(&self) -> Option<i64> {
        let steps = (self.off + STEP_MILLIS / 2).div_euclid(STEP_MILLIS);
        let rest = self.off - steps * STEP_MILLIS;
        (steps != 0 && rest.abs() <= BanKey::ROUNDING_MILLIS && steps.abs() <= MOST_STEPS).then_some(steps)
    }
}

/// Joins the bans that are there twice; answers how many. Packs are not touched.
pub(super) fn join_pairs(connection: &mut AnyConnection) -> Result<u64, TxError> {
    let pairs = certain(candidates(connection)?);
    for pair in &pairs {
        join(connection, pair)?;
    }
    Ok(u64::try_from(pairs.len()).unwrap_or(u64::MAX))
}

/// Pairs of which one row has the failures that only fail2ban's database tells, and the other has none. Imported rows have
/// none either, and are not meant: an import knows what was there.
fn candidates(connection: &mut AnyConnection) -> Result<Vec<Pair>, TxError> {
    let farthest = MOST_STEPS * STEP_MILLIS + BanKey::ROUNDING_MILLIS;
    let nearest = STEP_MILLIS - BanKey::ROUNDING_MILLIS;
    let pairs = diesel::sql_query(format!(
        "SELECT j.server_id, r.id AS kept, w.id AS wrong, w.banned_at - r.banned_at AS off, \
         CAST(CASE WHEN w.ended_at < w.banned_at THEN 1 ELSE 0 END AS BIGINT) AS absurd \
         FROM bans AS w JOIN bans AS r ON r.address_id = w.address_id AND r.jail_id = w.jail_id \
         AND r.banned_at BETWEEN w.banned_at - {farthest} AND w.banned_at + {farthest} \
         JOIN jails AS j ON j.id = w.jail_id \
         WHERE w.failures IS NULL AND w.id > 0 AND r.failures IS NOT NULL AND r.id > 0 \
         AND abs(w.banned_at - r.banned_at) >= {nearest} ORDER BY w.id, r.id"
    ))
    .load(connection)?;
    Ok(pairs)
}

/// The pairs that are one ban each: an offset counts where several bans of a server have it, or where one of them ended
/// before it began. Each row is in one pair, that of the most frequent offset.
fn certain(candidates: Vec<Pair>) -> Vec<Pair> {
    let mut offsets: HashMap<(String, i64), (HashSet<i64>, bool)> = HashMap::new();
    for pair in &candidates {
        let Some(steps) = pair.steps() else { continue };
        let (wrong, proved) = offsets.entry((pair.server_id.clone(), steps)).or_default();
        wrong.insert(pair.wrong);
        *proved |= pair.absurd != 0;
    }
    let weight = |pair: &Pair| {
        let (wrong, proved) = offsets.get(&(pair.server_id.clone(), pair.steps()?))?;
        (*proved || wrong.len() >= SYSTEMATIC).then_some(wrong.len())
    };
    let mut weighed: Vec<(usize, Pair)> =
        candidates.into_iter().filter_map(|pair| Some((weight(&pair)?, pair))).collect();
    weighed.sort_by_key(|(weight, pair)| (std::cmp::Reverse(*weight), pair.wrong, pair.right));
    let mut used = HashSet::new();
    let mut pairs = Vec::new();
    for (_, pair) in weighed {
        if !used.contains(&pair.right) && !used.contains(&pair.wrong) {
            used.extend([pair.right, pair.wrong]);
            pairs.push(pair);
        }
    }
    pairs
}

fn join(connection: &mut AnyConnection, pair: &Pair) -> Result<(), TxError> {
    let row = |connection: &mut AnyConnection, id: i64| {
        bans::table.find(id).select(Row::as_select()).first(connection)
    };
    let (right, wrong): (Row, Row) = (row(connection, pair.right)?, row(connection, pair.wrong)?);
    let joined = right.with(&wrong);
    replace(connection, &joined, wrong.id)?;
    let place = "jail = (SELECT name FROM jails WHERE id = $1) AND server_id = (SELECT server_id FROM jails WHERE id = $2) \
                 AND ip = (SELECT ip FROM addresses WHERE id = $3) AND banned_at = $4";
    let active = if joined.ended_at.is_none() {
        let begun = Timestamp::from_millis(joined.banned_at);
        let expires_at = expires_at(BanTime::from_fail2ban(joined.bantime), begun);
        format!(
            "UPDATE active_bans SET banned_at = {}, expires_at = {expires_at} WHERE {place}",
            joined.banned_at
        )
    } else {
        format!("DELETE FROM active_bans WHERE {place}")
    };
    diesel::sql_query(active)
        .bind::<diesel::sql_types::Integer, _>(wrong.jail_id)
        .bind::<diesel::sql_types::Integer, _>(wrong.jail_id)
        .bind::<diesel::sql_types::Integer, _>(wrong.address_id)
        .bind::<BigInt, _>(wrong.banned_at)
        .execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Pair, STEP_MILLIS, certain};

    fn pair(right: i64, wrong: i64, off: i64, absurd: i64) -> Pair {
        Pair { server_id: "local".into(), right, wrong, off, absurd }
    }

    fn joined(pairs: &[Pair]) -> Vec<(i64, i64)> {
        let mut joined: Vec<_> =
            certain(pairs.to_vec()).iter().map(|pair| (pair.right, pair.wrong)).collect();
        joined.sort_unstable();
        joined
    }

    #[test]
    fn an_offset_has_to_be_whole_and_systematic() {
        let hour = 4 * STEP_MILLIS;
        assert_eq!(joined(&[pair(1, 2, hour, 0)]), []);
        assert_eq!(joined(&[pair(1, 2, hour, 1)]), [(1, 2)]);
        assert_eq!(joined(&[pair(1, 2, hour, 0), pair(3, 4, hour + 1_000, 0)]), [(1, 2), (3, 4)]);
        assert_eq!(joined(&[pair(1, 2, hour, 0), pair(3, 4, -hour, 0)]), []);
        assert_eq!(joined(&[pair(1, 2, hour + 2_000, 1), pair(3, 4, hour + 2_000, 1)]), []);
        assert_eq!(joined(&[pair(1, 2, 105 * STEP_MILLIS, 1)]), []);
        let other = Pair { server_id: "other".into(), ..pair(3, 4, hour, 0) };
        assert_eq!(joined(&[pair(1, 2, hour, 0), other]), []);
    }

    #[test]
    fn each_row_is_in_one_pair_of_the_most_frequent_offset() {
        let hour = 4 * STEP_MILLIS;
        let pairs = [
            pair(1, 2, hour, 0),
            pair(3, 4, hour, 0),
            pair(5, 6, hour, 0),
            // Banned again two hours later: its copy is three hours from the first one.
            pair(1, 6, 3 * hour, 0),
            pair(5, 2, -hour, 0),
            pair(1, 4, 3 * hour, 0),
        ];
        assert_eq!(joined(&pairs), [(1, 2), (3, 4), (5, 6)]);
    }
}
