//! Two rows of one ban made one: the row that stays takes what only the other one knew.

use bangui_domain::model::{BanTime, Origin, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::bans::code::origin_code;
use crate::connection::{AnyConnection, TxError};
use crate::schema::bans;

/// How late fail2ban lifts a ban whose time is over.
const LATE_MILLIS: i64 = 3_000;

/// A row of `bans`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = bans)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) banned_at: i64,
    pub(super) bantime: i64,
    pub(super) ended_at: Option<i64>,
    pub(super) end_id: Option<i64>,
    pub(super) address_id: i32,
    pub(super) jail_id: i32,
    pub(super) origin: i32,
    pub(super) end_origin: Option<i32>,
    pub(super) ban_count: Option<i32>,
    pub(super) failures: Option<i32>,
}

impl Row {
    /// This ban with what only `other`, another account of it, knows. Its beginning is right; that of the other one may not be.
    pub(super) fn with(&self, other: &Self) -> Self {
        let restored = i32::from(origin_code(Origin::Restored));
        let (detected, manual) = (origin_code(Origin::Detected), origin_code(Origin::Manual));
        let mut joined = self.clone();
        // A user's ban is known as manual by one of the two.
        if self.origin == restored
            || (self.origin == i32::from(detected) && other.origin == i32::from(manual))
        {
            joined.origin = other.origin;
        }
        joined.ban_count = self.ban_count.or(other.ban_count);
        joined.failures = self.failures.or(other.failures);
        if self.bantime == 0 {
            joined.bantime = other.bantime;
        }
        if let Some((at, id, origin)) = end(self, other, joined.bantime) {
            (joined.ended_at, joined.end_id, joined.end_origin) = (Some(at), Some(id), Some(origin));
        }
        joined
    }
}

/// The end of a ban of which there are two accounts: of two moments at which it was seen to be gone, the earlier one; and one
/// that is reckoned from a beginning is reckoned from the right one.
fn end(right: &Row, other: &Row, bantime: i64) -> Option<(i64, i64, i32)> {
    let expired = i32::from(origin_code(Origin::Expired));
    let due = BanTime::from_fail2ban(bantime)
        .end(Timestamp::from_millis(right.banned_at))
        .map(Timestamp::as_millis);
    let told = |row: &Row| Some((row.ended_at?, row.end_id?, row.end_origin?));
    let shifted = told(other).map(|(at, id, origin)| {
        let is_due = due.is_some_and(|due| at >= due - LATE_MILLIS);
        match due {
            Some(due) if origin == expired || is_due => (due, id, expired),
            _ => (at.max(right.banned_at), id, origin),
        }
    });
    [told(right), shifted].into_iter().flatten().min_by_key(|(at, _, origin)| (*at, *origin == expired))
}

/// Writes `joined`, which has the number of one of the two rows, and deletes `gone`, the other one; notes and lines go along.
pub(super) fn replace(connection: &mut AnyConnection, joined: &Row, gone: i64) -> Result<(), TxError> {
    for table in ["ban_notes", "ban_matches"] {
        let same = if table == "ban_notes" { " AND k.at_end = ban_notes.at_end" } else { "" };
        diesel::sql_query(format!(
            "UPDATE {table} SET ban_id = $1 WHERE ban_id = $2 AND NOT EXISTS \
             (SELECT 1 FROM {table} AS k WHERE k.ban_id = $3{same})"
        ))
        .bind::<BigInt, _>(joined.id)
        .bind::<BigInt, _>(gone)
        .bind::<BigInt, _>(joined.id)
        .execute(connection)?;
        diesel::sql_query(format!("DELETE FROM {table} WHERE ban_id = $1"))
            .bind::<BigInt, _>(gone)
            .execute(connection)?;
    }
    diesel::delete(bans::table.find(gone)).execute(connection)?;
    diesel::update(bans::table.find(joined.id))
        .set((
            bans::banned_at.eq(joined.banned_at),
            bans::bantime.eq(joined.bantime),
            bans::ended_at.eq(joined.ended_at),
            bans::end_id.eq(joined.end_id),
            bans::address_id.eq(joined.address_id),
            bans::origin.eq(joined.origin),
            bans::end_origin.eq(joined.end_origin),
            bans::ban_count.eq(joined.ban_count),
            bans::failures.eq(joined.failures),
        ))
        .execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Row;

    const HOUR: i64 = 3_600_000;

    fn row(id: i64, banned_at: i64, end: Option<(i64, i64, i32)>) -> Row {
        Row {
            id,
            banned_at,
            bantime: 600,
            ended_at: end.map(|(at, ..)| at),
            end_id: end.map(|(_, id, _)| id),
            address_id: 1,
            jail_id: 1,
            origin: 0,
            end_origin: end.map(|(.., origin)| origin),
            ban_count: None,
            failures: None,
        }
    }

    fn ended(right: Option<(i64, i64, i32)>, other: Option<(i64, i64, i32)>) -> Option<(i64, i64, i32)> {
        let joined = Row { failures: Some(3), ..row(1, HOUR, right) }.with(&row(2, 2 * HOUR, other));
        assert_eq!((joined.id, joined.banned_at, joined.failures), (1, HOUR, Some(3)));
        joined.ended_at.zip(joined.end_id).zip(joined.end_origin).map(|((at, id), origin)| (at, id, origin))
    }

    #[test]
    fn an_end_is_reckoned_from_the_right_beginning() {
        let due = HOUR + 600_000;
        assert_eq!(ended(None, None), None);
        // Gone when its time was over, though by its own beginning it had not even begun.
        assert_eq!(ended(None, Some((due + 700, 7, 1))), Some((due, 7, 3)));
        // Lifted early.
        assert_eq!(ended(None, Some((HOUR + 5_000, 7, 1))), Some((HOUR + 5_000, 7, 1)));
        // Its time was over by its own beginning.
        assert_eq!(ended(None, Some((2 * HOUR + 600_000, 7, 3))), Some((due, 7, 3)));
        assert_eq!(ended(Some((due, 6, 3)), Some((HOUR + 5_000, 7, 1))), Some((HOUR + 5_000, 7, 1)));
        assert_eq!(ended(Some((due, 6, 3)), None), Some((due, 6, 3)));
    }

    #[test]
    fn nothing_that_one_of_them_knew_is_lost() {
        let known = Row { origin: 2, ..row(1, 0, None) };
        let other = Row { origin: 1, ban_count: Some(4), failures: Some(0), ..row(2, 0, None) };
        let joined = known.with(&other);
        assert_eq!((joined.origin, joined.ban_count, joined.failures), (1, Some(4), Some(0)));
    }
}
