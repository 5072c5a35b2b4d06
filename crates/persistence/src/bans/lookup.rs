//! Reads the rows of many keys in one statement, each key by its own place in the unique index.
//!
//! PostgreSQL has no statistics of a table that was just filled, and then finds five hundred keys by reading a
//! whole jail for each: minutes for 100,000 bans. So the statement leaves it no choice. Each key is a subquery of
//! its own, and an empty text is appended to what other indexes begin with, so that the unique index alone fits.

use std::marker::PhantomData;

use bangui_domain::model::{BanKey, EventKind, ServerId};
use diesel::connection::SimpleConnection;
use diesel::dsl::SqlTypeOf;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, RunQueryDsl};

use super::rows::{ActiveColumns, EventColumns};
use crate::connection::{AnyConnection, MultiBackend, TxError};

/// Keeps PostgreSQL from reading all of a table for the rows of a lookup, until the transaction ends.
pub(super) fn by_index_alone(connection: &mut AnyConnection) -> Result<(), TxError> {
    if let AnyConnection::Postgres(postgres) = connection {
        postgres.batch_execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
             SET LOCAL jit = off",
        )?;
    }
    Ok(())
}

/// What stands for a key in the statement.
struct Place<'a> {
    jail: &'a str,
    ip: &'a str,
    banned_at: i64,
}

/// A SELECT of the rows with one of `keys`, which must not be empty; `S` is the SQL type of a row.
pub(super) struct Lookup<'a, S> {
    select: &'static str,
    rest: &'static str,
    fixed: Vec<&'a str>,
    places: Vec<Place<'a>>,
    returns: PhantomData<S>,
}

impl<'a, S> Lookup<'a, S> {
    fn new(select: &'static str, rest: &'static str, fixed: Vec<&'a str>, keys: &[&'a BanKey]) -> Self {
        let place = |key: &&'a BanKey| Place {
            jail: key.jail.as_str(),
            ip: key.id.as_str(),
            banned_at: key.banned_at.as_millis(),
        };
        Self { select, rest, fixed, places: keys.iter().map(place).collect(), returns: PhantomData }
    }
}

impl<'a> Lookup<'a, SqlTypeOf<EventColumns>> {
    /// Events of one kind.
    pub(super) fn events(server: &'a ServerId, kind: EventKind, keys: &[&'a BanKey]) -> Self {
        let select = "SELECT e.id, e.server_id, e.kind, e.jail, e.ip, e.banned_at, e.occurred_at, e.bantime, \
             e.ban_count, e.failures, e.origin, e.by_user, e.reason";
        let rest = " CROSS JOIN ban_events AS e WHERE e.id = (SELECT u.id FROM ban_events AS u \
             WHERE u.ip = k.column2 AND u.banned_at = k.column3 AND u.jail || '' = k.column1 \
             AND u.server_id || '' = ";
        Self::new(select, rest, vec![server.as_str(), kind.as_str()], keys)
    }
}

impl<'a> Lookup<'a, SqlTypeOf<ActiveColumns>> {
    /// Active bans of the keys' jails and ids, whenever they began. A row comes as often as its jail and id do.
    pub(super) fn active(server: &'a ServerId, keys: &[&'a BanKey]) -> Self {
        let select = "SELECT e.id, e.jail, e.ip, e.ip_key, e.banned_at, e.bantime, e.expires_at, e.ban_count, \
             e.origin, e.by_user, e.reason";
        let rest = " CROSS JOIN active_bans AS e WHERE e.id = (SELECT u.id FROM active_bans AS u \
             WHERE u.ip = k.column2 AND u.jail || '' = k.column1 AND u.server_id || '' = ";
        Self::new(select, rest, vec![server.as_str()], keys)
    }
}

impl<S> QueryFragment<MultiBackend> for Lookup<'_, S> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        pass.push_sql(self.select);
        pass.push_sql(" FROM (VALUES ");
        for (index, place) in self.places.iter().enumerate() {
            pass.push_sql(if index == 0 { "(" } else { ", (" });
            pass.push_bind_param::<Text, _>(place.jail)?;
            pass.push_sql(", ");
            pass.push_bind_param::<Text, _>(place.ip)?;
            pass.push_sql(", ");
            pass.push_bind_param::<BigInt, _>(&place.banned_at)?;
            pass.push_sql(")");
        }
        pass.push_sql(") AS k");
        pass.push_sql(self.rest);
        for (index, text) in self.fixed.iter().enumerate() {
            if index > 0 {
                pass.push_sql(" AND u.kind || '' = ");
            }
            pass.push_bind_param::<Text, _>(*text)?;
        }
        pass.push_sql(")");
        Ok(())
    }
}

impl<S> QueryId for Lookup<'_, S> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S> Query for Lookup<'_, S> {
    type SqlType = S;
}

impl<S> RunQueryDsl<AnyConnection> for Lookup<'_, S> {}
