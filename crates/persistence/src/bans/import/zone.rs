//! Whether a log was read in fail2ban's own time zone: its bans against those that BanGUI has seen for itself.

use std::collections::HashMap;

use bangui_domain::model::{Logged, LoggedBan, ServerId};
use bangui_domain::ports::StoreError;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::{QueryResult, RunQueryDsl};

use crate::connection::{AnyConnection, CHUNK, MultiBackend, comma};
use crate::db::Db;

/// Zones differ by whole quarter hours.
const STEP_MILLIS: i64 = 900_000;
/// And by 26 hours at most.
const MOST_MILLIS: i64 = 104 * STEP_MILLIS;
/// Where the log does not tell the last failure, a ban begins so much later than fail2ban counts it from.
const EARLY_MILLIS: i64 = 10_000;
/// Bans that have to be off by the same time before that is more than chance.
const SYSTEMATIC: u64 = 3;

/// How the times of a log agree with those of the history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogZone {
    /// Bans of whose address and jail the history has a ban within 26 hours.
    near: u64,
    /// Bans that the history has, by how many quarter hours they are later in the log.
    by_offset: HashMap<i64, u64>,
}

impl LogZone {
    /// Takes another part of the log into account.
    pub fn add(&mut self, part: Self) {
        self.near += part.near;
        for (offset, count) in part.by_offset {
            *self.by_offset.entry(offset).or_default() += count;
        }
    }

    /// By how many minutes the log is read too late (below zero: too early), and how many bans say so. `None` where times
    /// agree, or where nothing can be said.
    pub fn minutes_off(&self) -> Option<(i64, u64)> {
        let shifted = self.by_offset.iter().filter(|(offset, _)| **offset != 0);
        let (offset, count) = shifted.max_by_key(|(offset, count)| (**count, -offset.abs(), **offset))?;
        let exact = self.by_offset.get(&0).copied().unwrap_or_default();
        let is_systematic = *count >= SYSTEMATIC && count * 2 > self.near && exact * 10 <= *count;
        is_systematic.then_some((offset * 15, *count))
    }
}

impl Db {
    /// Compares what the log of `server` tells with what BanGUI has seen of it. Changes nothing.
    pub async fn compare_log(&self, server: &ServerId, logged: &[Logged]) -> Result<LogZone, StoreError> {
        let server = server.clone();
        let bans = logged.iter().filter_map(|told| match told {
            Logged::Ban(ban) => Some(ban.clone()),
            Logged::End(_) => None,
        });
        let bans: Vec<LoggedBan> = bans.collect();
        self.read(move |connection| {
            let mut zone = LogZone::default();
            for part in bans.chunks(CHUNK) {
                let rows: Vec<(i32, Option<i64>)> = Near { server: &server, bans: part }.load(connection)?;
                let mut last = None;
                for (index, offset) in rows {
                    zone.near += u64::from(last != Some(index));
                    last = Some(index);
                    if let Some(offset) = offset {
                        *zone.by_offset.entry(offset).or_default() += 1;
                    }
                }
            }
            Ok(zone)
        })
        .await
    }
}

/// A SELECT of the offsets, in quarter hours, between each of these bans, of which there must be some, and those that were
/// seen of its address and jail; NULL where that is no whole number.
struct Near<'a> {
    server: &'a ServerId,
    bans: &'a [LoggedBan],
}

impl QueryFragment<MultiBackend> for Near<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        // A quarter hour is added for each of 26 hours, so that nothing is divided that is below zero.
        let shifted = format!("(k.column4 - b.banned_at + {MOST_MILLIS} + {STEP_MILLIS} + 1000)");
        pass.push_sql(&format!(
            "SELECT DISTINCT k.column1, CASE WHEN {shifted} % {STEP_MILLIS} <= k.column5 \
             THEN {shifted} / {STEP_MILLIS} - {MOST_MILLIS} / {STEP_MILLIS} - 1 END FROM (VALUES "
        ));
        for (index, ban) in self.bans.iter().enumerate() {
            pass.push_sql(if index == 0 { "(" } else { ", (" });
            pass.push_sql(&format!("{index}, "));
            pass.push_bind_param::<Text, _>(ban.key.id.as_str())?;
            comma(&mut pass).push_bind_param::<Text, _>(ban.key.jail.as_str())?;
            let (begun, acted) = (ban.key.banned_at.as_millis(), ban.acted_at.as_millis());
            // How much later than the failure that began it the ban may stand in the log.
            let late = if acted.saturating_sub(begun) < 1_000 { EARLY_MILLIS } else { 0 };
            pass.push_sql(&format!(", CAST({begun} AS BIGINT), CAST({} AS BIGINT))", late + 2_000));
        }
        pass.push_sql(&format!(
            ") AS k CROSS JOIN addresses AS a CROSS JOIN jails AS j CROSS JOIN bans AS b \
             WHERE a.ip = k.column2 AND j.name = k.column3 AND b.address_id = a.id AND b.jail_id = j.id AND b.id > 0 \
             AND b.banned_at BETWEEN k.column4 - {MOST_MILLIS} - {STEP_MILLIS} AND k.column4 + {MOST_MILLIS} \
             AND j.server_id = "
        ));
        pass.push_bind_param::<Text, _>(self.server.as_str())?;
        pass.push_sql(" ORDER BY 1, 2");
        Ok(())
    }
}

impl QueryId for Near<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Near<'_> {
    type SqlType = (Integer, Nullable<BigInt>);
}

impl RunQueryDsl<AnyConnection> for Near<'_> {}
