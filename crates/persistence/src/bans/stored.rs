//! Reads the rows that a batch may touch in few statements, each by its own place in an index.
//!
//! PostgreSQL has no statistics of a table that was just filled, and then finds five hundred keys by reading all of it for
//! each: minutes for 100,000 bans. So its planner is left no choice while a batch is written.

use bangui_domain::model::{BanKey, ServerId};
use diesel::connection::SimpleConnection;
use diesel::dsl::SqlTypeOf;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::{QueryResult, RunQueryDsl};

use super::rows::ActiveColumns;
use crate::connection::{AnyConnection, MultiBackend, TxError, comma};

/// Keeps PostgreSQL from reading all of a table for the rows of a lookup, until the transaction ends.
pub(super) fn by_index_alone(connection: &mut AnyConnection) -> Result<(), TxError> {
    if let AnyConnection::Postgres(postgres) = connection {
        postgres.batch_execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
             SET LOCAL enable_bitmapscan = off",
        )?;
    }
    Ok(())
}

/// A ban as it is stored, without what its numbers stand for.
#[derive(Debug, Clone, diesel::Queryable)]
pub(super) struct StoredBan {
    pub(super) id: i64,
    pub(super) address: i32,
    pub(super) jail: i32,
    pub(super) banned_at: i64,
    pub(super) bantime: i64,
    pub(super) end_origin: Option<i32>,
    pub(super) origin: i32,
    pub(super) ban_count: Option<i32>,
    pub(super) failures: Option<i32>,
    pub(super) by: Option<String>,
    pub(super) reason: Option<String>,
}

type StoredBanTypes = (
    BigInt,
    Integer,
    Integer,
    BigInt,
    BigInt,
    Nullable<Integer>,
    Integer,
    Nullable<Integer>,
    Nullable<Integer>,
    Nullable<Text>,
    Nullable<Text>,
);

/// Where a ban is: address, jail, and about when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) address: i32,
    pub(super) jail: i32,
    pub(super) banned_at: i64,
}

/// A SELECT of the bans at some spots, which must not be none, or near enough to be the same ban.
pub(super) struct BansAt<'a>(pub(super) &'a [Spot]);

impl QueryFragment<MultiBackend> for BansAt<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        pass.push_sql(
            "SELECT b.id, b.address_id, b.jail_id, b.banned_at, b.bantime, b.end_origin, b.origin, b.ban_count, \
             b.failures, n.by_user, n.reason FROM (VALUES ",
        );
        for (index, spot) in self.0.iter().enumerate() {
            pass.push_sql(if index == 0 { "(" } else { ", (" });
            pass.push_bind_param::<Integer, _>(&spot.address)?;
            comma(&mut pass).push_bind_param::<Integer, _>(&spot.jail)?;
            comma(&mut pass).push_bind_param::<BigInt, _>(&spot.banned_at)?;
            pass.push_sql(")");
        }
        let rounding = BanKey::ROUNDING_MILLIS;
        pass.push_sql(&format!(
            ") AS k CROSS JOIN bans AS b LEFT JOIN ban_notes AS n ON n.ban_id = b.id AND n.at_end = 0 \
             WHERE b.address_id = k.column1 AND b.jail_id = k.column2 \
             AND b.banned_at BETWEEN k.column3 - {rounding} AND k.column3 + {rounding}"
        ));
        Ok(())
    }
}

impl QueryId for BansAt<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for BansAt<'_> {
    type SqlType = StoredBanTypes;
}

impl RunQueryDsl<AnyConnection> for BansAt<'_> {}

/// A SELECT of the active bans of some jails and ids, which must not be none. A row comes as often as its jail and id do.
pub(super) struct ActiveAt<'a> {
    pub(super) server: &'a ServerId,
    pub(super) keys: &'a [&'a BanKey],
}

impl QueryFragment<MultiBackend> for ActiveAt<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        pass.push_sql(
            "SELECT e.id, e.jail, e.ip, e.ip_key, e.banned_at, e.bantime, e.expires_at, e.ban_count, e.origin, \
             e.by_user, e.reason, e.spellings FROM (VALUES ",
        );
        for (index, key) in self.keys.iter().enumerate() {
            pass.push_sql(if index == 0 { "(" } else { ", (" });
            pass.push_bind_param::<Text, _>(key.jail.as_str())?;
            comma(&mut pass).push_bind_param::<Text, _>(key.id.as_str())?;
            pass.push_sql(")");
        }
        // The empty texts keep to the unique index, which begins with `ip`.
        pass.push_sql(
            ") AS k CROSS JOIN active_bans AS e WHERE e.id = (SELECT u.id FROM active_bans AS u \
             WHERE u.ip = k.column2 AND u.jail || '' = k.column1 AND u.server_id || '' = ",
        );
        pass.push_bind_param::<Text, _>(self.server.as_str())?;
        pass.push_sql(")");
        Ok(())
    }
}

impl QueryId for ActiveAt<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for ActiveAt<'_> {
    type SqlType = SqlTypeOf<ActiveColumns>;
}

impl RunQueryDsl<AnyConnection> for ActiveAt<'_> {}
