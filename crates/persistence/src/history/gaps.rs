//! Where the history begins, and the stretches of time in it that must not be taken for peace.

use bangui_domain::model::{Gap, GapCause, Period, ServerId, Timestamp};
use bangui_domain::ports::StoreError;
use diesel::prelude::*;

use crate::connection::{AnyConnection, TxError};
use crate::fault::UnknownValue;
use crate::schema::{bans, gaps, jails};

/// When a server's first ban began.
pub(super) fn first_ban(
    connection: &mut AnyConnection,
    server: &ServerId,
) -> Result<Option<Timestamp>, TxError> {
    let ids: Vec<i32> =
        jails::table.filter(jails::server_id.eq(server.as_str())).select(jails::id).load(connection)?;
    let first: Option<i64> = bans::table
        .filter(bans::jail_id.eq_any(ids))
        .order(bans::banned_at.asc())
        .select(bans::banned_at)
        .first(connection)
        .optional()?;
    Ok(first.map(Timestamp::from_millis))
}

/// The gaps that overlap a period, oldest first.
pub(super) fn overlapping(
    connection: &mut AnyConnection,
    server: &ServerId,
    period: Period,
) -> Result<Vec<Gap>, TxError> {
    let rows: Vec<(i64, i64, String)> = gaps::table
        .filter(gaps::server_id.eq(server.as_str()))
        .filter(gaps::until.gt(period.since.as_millis()))
        .filter(gaps::since.lt(period.until.as_millis()))
        .order((gaps::since, gaps::id))
        .select((gaps::since, gaps::until, gaps::cause))
        .load(connection)?;
    let mut found = Vec::with_capacity(rows.len());
    for (since, until, cause) in rows {
        let Some(cause) = GapCause::parse(&cause) else {
            return Err(StoreError::from(UnknownValue { wanted: "the cause of a gap", value: cause }).into());
        };
        let period = Period { since: Timestamp::from_millis(since), until: Timestamp::from_millis(until) };
        found.push(Gap { period, cause });
    }
    Ok(found)
}
