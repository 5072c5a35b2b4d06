//! Notes what was watched, and deletes what is not to be kept.

use async_trait::async_trait;
use bangui_domain::model::{Fence, Gap, ServerId, Timestamp};
use bangui_domain::ports::{HistoryKeeper, StoreError, WatchLog};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::packs::{Kind, PackEdit};
use crate::bans::code;
use crate::bans::events::number_list;
use crate::connection::{AnyConnection, TxError};
use crate::db::{Db, count, optional};
use crate::lease::check_fence;
use crate::schema::{audit, ban_matches, bans, gaps, servers};

/// Bans deleted in one step.
const STEP: i64 = 500;
/// Rows of lists deleted in one step.
const MANY: i64 = 2_000;

#[async_trait]
impl WatchLog for Db {
    async fn watched_until(&self, server: &ServerId) -> Result<Option<Timestamp>, StoreError> {
        let server = server.clone();
        self.read(move |connection| {
            let row = servers::table.find(server.as_str()).select(servers::watched_until);
            let until: Option<Option<i64>> = optional(row.first(connection))?;
            Ok(until.flatten().map(Timestamp::from_millis))
        })
        .await
    }

    async fn watched(
        &self,
        server: &ServerId,
        fence: Fence,
        until: Timestamp,
        gaps: &[Gap],
    ) -> Result<(), StoreError> {
        let (server, gaps) = (server.clone(), gaps.to_vec());
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            diesel::update(servers::table.find(server.as_str()))
                .set(servers::watched_until.eq(until.as_millis()))
                .execute(connection)?;
            for gap in &gaps {
                diesel::insert_into(gaps::table)
                    .values((
                        gaps::server_id.eq(server.as_str()),
                        gaps::since.eq(gap.period.since.as_millis()),
                        gaps::until.eq(gap.period.until.as_millis()),
                        gaps::cause.eq(gap.cause.as_str()),
                    ))
                    .execute(connection)?;
            }
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl HistoryKeeper for Db {
    async fn prune_bans(&self, fence: Fence, before: Timestamp) -> Result<u64, StoreError> {
        self.write_tx(move |connection| {
            lock_servers(connection)?;
            check_fence(connection, fence)?;
            prune_bans(connection, before)
        })
        .await
    }

    async fn oldest_of(&self, keep: u64) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |connection| {
            let days: Vec<Day> = diesel::sql_query(
                "SELECT CAST(day AS BIGINT) AS day, CAST(sum(entries) AS BIGINT) AS entries FROM ban_packs \
                 WHERE kind = 0 GROUP BY day ORDER BY day DESC",
            )
            .load(connection)?;
            let mut left = keep;
            for day in days {
                let entries = u64::try_from(day.entries).unwrap_or_default();
                if entries > left {
                    // Within this day: rows are counted from its end.
                    let behind = (day.day + 1) * super::pack::DAY_SECS * 1_000;
                    let offset = i64::try_from(left).unwrap_or(i64::MAX);
                    let row = bans::table
                        .filter(bans::banned_at.lt(behind))
                        .order((bans::banned_at.desc(), bans::id.desc()))
                        .offset(offset)
                        .select(bans::banned_at);
                    // What is as old as the first one too many goes with it.
                    let at: Option<i64> = optional(row.first(connection))?;
                    return Ok(at.map(|at| Timestamp::from_millis(at.saturating_add(1))));
                }
                left -= entries;
            }
            Ok(None)
        })
        .await
    }

    async fn prune_matches(&self, fence: Fence, before: Timestamp) -> Result<u64, StoreError> {
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let old: Vec<i64> = ban_matches::table
                .inner_join(bans::table)
                .filter(bans::banned_at.lt(before.as_millis()))
                .order(ban_matches::ban_id)
                .limit(MANY)
                .select(ban_matches::ban_id)
                .load(connection)?;
            Ok(count(
                diesel::delete(ban_matches::table.filter(ban_matches::ban_id.eq_any(old)))
                    .execute(connection)?,
            ))
        })
        .await
    }

    async fn matches_bytes(&self) -> Result<u64, StoreError> {
        self.read(|connection| {
            let sum: Number = diesel::sql_query(
                "SELECT CAST(coalesce(sum(octet_length(lines)), 0) AS BIGINT) AS number FROM ban_matches",
            )
            .get_result(connection)?;
            Ok(u64::try_from(sum.number).unwrap_or_default())
        })
        .await
    }

    async fn prune_oldest_matches(&self, fence: Fence) -> Result<u64, StoreError> {
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let old: Vec<(i64, String)> = ban_matches::table
                .order(ban_matches::ban_id)
                .limit(STEP)
                .select((ban_matches::ban_id, ban_matches::lines))
                .load(connection)?;
            let bytes = old.iter().map(|(_, lines)| lines.len()).sum();
            let ids = old.into_iter().map(|(id, _)| id);
            diesel::delete(ban_matches::table.filter(ban_matches::ban_id.eq_any(ids))).execute(connection)?;
            Ok(count(bytes))
        })
        .await
    }

    async fn prune_audit(&self, fence: Fence, before: Timestamp) -> Result<u64, StoreError> {
        self.write_tx(move |connection| {
            check_fence(connection, fence)?;
            let before = before.as_millis();
            let old: Vec<i64> = audit::table
                .filter(audit::occurred_at.lt(before))
                .order(audit::id)
                .limit(MANY)
                .select(audit::id)
                .load(connection)?;
            let entries = diesel::delete(audit::table.filter(audit::id.eq_any(old))).execute(connection)?;
            let gone = diesel::delete(gaps::table.filter(gaps::until.lt(before))).execute(connection)?;
            Ok(count(entries + gone))
        })
        .await
    }
}

/// Keeps batches of all servers waiting: packs have one writer at a time.
pub(crate) fn lock_servers(connection: &mut AnyConnection) -> Result<(), TxError> {
    if let AnyConnection::Postgres(postgres) = connection {
        let rows = servers::table.order(servers::id).select(servers::id).for_no_key_update();
        rows.load::<String>(postgres)?;
    }
    Ok(())
}

type OldBan = (i64, i64, i32, i32, i32, Option<i64>, Option<i32>);

/// An imported ban without an end that is not in force: its end is in no log that was read.
const NOT_IN_FORCE: &str = "(bans.id <= 0 AND NOT EXISTS (SELECT 1 FROM jails AS j CROSS JOIN addresses AS a \
     JOIN active_bans AS e ON e.ip = a.ip AND e.jail = j.name AND e.server_id = j.server_id \
     WHERE j.id = bans.jail_id AND a.id = bans.address_id AND e.banned_at = bans.banned_at))";

fn prune_bans(connection: &mut AnyConnection, before: Timestamp) -> Result<u64, TxError> {
    let old: Vec<OldBan> = bans::table
        .filter(bans::banned_at.lt(before.as_millis()))
        .filter(bans::end_id.is_not_null().or(sql::<Bool>(NOT_IN_FORCE)))
        .order((bans::banned_at, bans::id))
        .limit(STEP)
        .select((
            bans::id,
            bans::banned_at,
            bans::address_id,
            bans::jail_id,
            bans::origin,
            bans::ended_at,
            bans::end_origin,
        ))
        .load(connection)?;
    let mut edit = PackEdit::default();
    let (mut ids, mut places) = (Vec::with_capacity(old.len()), Vec::new());
    for (id, banned_at, address, jail, origin, ended_at, end_origin) in old {
        edit.remove(Kind::Ban, jail, address, Timestamp::from_millis(banned_at), code::packed(origin)?);
        if let Some((at, origin)) = ended_at.zip(end_origin) {
            edit.remove(Kind::Unban, jail, address, Timestamp::from_millis(at), code::packed(origin)?);
        }
        ids.push(id);
        places.push(address);
    }
    if ids.is_empty() {
        return Ok(0);
    }
    edit.write(connection)?;
    let gone = diesel::delete(bans::table.filter(bans::id.eq_any(&ids))).execute(connection)?;
    places.sort_unstable();
    places.dedup();
    // Addresses that nothing is known of any more.
    diesel::sql_query(format!(
        "DELETE FROM addresses WHERE id IN ({}) AND NOT EXISTS (SELECT 1 FROM bans WHERE bans.address_id = addresses.id)",
        number_list(&places)
    ))
    .execute(connection)?;
    Ok(count(gone))
}

#[derive(QueryableByName)]
struct Day {
    #[diesel(sql_type = BigInt)]
    day: i64,
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}
