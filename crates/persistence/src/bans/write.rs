//! Bans and events as rows of multi-row INSERTs.

use bangui_domain::model::{ActiveBan, BanEvent, ServerId, Timestamp};
use diesel::QueryResult;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::rows::{expires_at, search};
use crate::connection::{InsertRow, MultiBackend};

/// A new event.
pub(super) struct EventValues<'a> {
    event: &'a BanEvent,
    ip_key: String,
    banned_at: i64,
    occurred_at: i64,
    bantime: i64,
    ban_count: Option<i64>,
    failures: Option<i64>,
    search: String,
    recorded_at: i64,
}

impl<'a> EventValues<'a> {
    /// Gives back each row's number and what tells the rows apart.
    pub(super) const RETURN: &'static str = " RETURNING id, kind, jail, ip, banned_at";

    pub(super) fn new(event: &'a BanEvent, recorded_at: Timestamp) -> Self {
        Self {
            event,
            ip_key: event.key.id.sort_key(),
            banned_at: event.key.banned_at.as_millis(),
            occurred_at: event.occurred_at.as_millis(),
            bantime: event.bantime.as_fail2ban(),
            ban_count: event.ban_count.map(i64::from),
            failures: event.failures.map(i64::from),
            search: search(&event.key, event.by.as_deref(), event.reason.as_deref()),
            recorded_at: recorded_at.as_millis(),
        }
    }
}

impl InsertRow for EventValues<'_> {
    const HEAD: &'static str = "INSERT INTO ban_events (server_id, kind, jail, ip, ip_key, banned_at, occurred_at, \
         bantime, ban_count, failures, origin, by_user, reason, search, recorded_at) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let event = self.event;
        pass.push_bind_param::<Text, _>(event.server.as_str())?;
        for text in [event.kind.as_str(), event.key.jail.as_str(), event.key.id.as_str(), &self.ip_key] {
            comma(pass).push_bind_param::<Text, _>(text)?;
        }
        for number in [&self.banned_at, &self.occurred_at, &self.bantime] {
            comma(pass).push_bind_param::<BigInt, _>(number)?;
        }
        for number in [&self.ban_count, &self.failures] {
            comma(pass).push_bind_param::<Nullable<BigInt>, _>(number)?;
        }
        comma(pass).push_bind_param::<Text, _>(event.origin.as_str())?;
        for text in [&event.by, &event.reason] {
            comma(pass).push_bind_param::<Nullable<Text>, _>(text)?;
        }
        comma(pass).push_bind_param::<Text, _>(&self.search)?;
        comma(pass).push_bind_param::<BigInt, _>(&self.recorded_at)
    }
}

/// A stored event that has changed: goes in by its number, so that it meets itself.
pub(super) struct StoredEventValues<'a> {
    id: i64,
    values: EventValues<'a>,
}

impl<'a> StoredEventValues<'a> {
    /// Replaces what a later report may change; when it was recorded stays.
    pub(super) const REPLACE: &'static str = " ON CONFLICT (id) DO UPDATE SET bantime = excluded.bantime, \
         ban_count = excluded.ban_count, failures = excluded.failures, origin = excluded.origin, \
         by_user = excluded.by_user, reason = excluded.reason, search = excluded.search";

    pub(super) fn new(event: &'a BanEvent, recorded_at: Timestamp) -> Self {
        Self { id: event.id.0, values: EventValues::new(event, recorded_at) }
    }
}

impl InsertRow for StoredEventValues<'_> {
    const HEAD: &'static str = "INSERT INTO ban_events (id, server_id, kind, jail, ip, ip_key, banned_at, \
         occurred_at, bantime, ban_count, failures, origin, by_user, reason, search, recorded_at) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_bind_param::<BigInt, _>(&self.id)?;
        self.values.values(comma(pass))
    }
}

/// A ban in force.
pub(super) struct ActiveValues<'a> {
    server: &'a ServerId,
    ban: &'a ActiveBan,
    ip_key: String,
    banned_at: i64,
    bantime: i64,
    expires_at: i64,
    ban_count: Option<i64>,
    search: String,
}

impl<'a> ActiveValues<'a> {
    /// Takes the place of the ban that is there.
    pub(super) const REPLACE: &'static str = " ON CONFLICT (server_id, jail, ip) DO UPDATE SET \
         banned_at = excluded.banned_at, bantime = excluded.bantime, expires_at = excluded.expires_at, \
         ban_count = excluded.ban_count, origin = excluded.origin, by_user = excluded.by_user, \
         reason = excluded.reason, search = excluded.search";

    pub(super) fn new(server: &'a ServerId, ban: &'a ActiveBan) -> Self {
        Self {
            server,
            ban,
            ip_key: ban.key.id.sort_key(),
            banned_at: ban.key.banned_at.as_millis(),
            bantime: ban.bantime.as_fail2ban(),
            expires_at: expires_at(ban.bantime, ban.key.banned_at),
            ban_count: ban.ban_count.map(i64::from),
            search: search(&ban.key, ban.by.as_deref(), ban.reason.as_deref()),
        }
    }
}

impl InsertRow for ActiveValues<'_> {
    const HEAD: &'static str = "INSERT INTO active_bans (server_id, jail, ip, ip_key, banned_at, bantime, \
         expires_at, ban_count, origin, by_user, reason, search) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let ban = self.ban;
        pass.push_bind_param::<Text, _>(self.server.as_str())?;
        for text in [ban.key.jail.as_str(), ban.key.id.as_str(), &self.ip_key] {
            comma(pass).push_bind_param::<Text, _>(text)?;
        }
        for number in [&self.banned_at, &self.bantime, &self.expires_at] {
            comma(pass).push_bind_param::<BigInt, _>(number)?;
        }
        comma(pass).push_bind_param::<Nullable<BigInt>, _>(&self.ban_count)?;
        comma(pass).push_bind_param::<Text, _>(ban.origin.as_str())?;
        for text in [&ban.by, &ban.reason] {
            comma(pass).push_bind_param::<Nullable<Text>, _>(text)?;
        }
        comma(pass).push_bind_param::<Text, _>(&self.search)
    }
}

fn comma<'c, 'a, 'b>(pass: &'c mut AstPass<'a, 'b, MultiBackend>) -> &'c mut AstPass<'a, 'b, MultiBackend> {
    pass.push_sql(", ");
    pass
}
