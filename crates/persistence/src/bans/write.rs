//! Bans and events as rows of multi-row INSERTs.

use bangui_domain::model::{ActiveBan, ServerId};
use bangui_domain::ports::{EndRecord, StoreError};
use diesel::QueryResult;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};

use super::code::origin_code;
use super::ledger::Entry;
use super::names::Names;
use super::rows::{expires_at, search, spellings};
use crate::connection::{InsertRow, MultiBackend, comma};
use crate::text::search_text;

/// A ban of the history.
pub(super) struct BanValues {
    pub(super) id: i64,
    banned_at: i64,
    bantime: i64,
    ended_at: Option<i64>,
    end_id: Option<i64>,
    address_id: i32,
    jail_id: i32,
    origin: i32,
    end_origin: Option<i32>,
    ban_count: Option<i32>,
    failures: Option<i32>,
}

impl BanValues {
    /// Replaces what a later report may change. An end that is stored stays.
    pub(super) const REPLACE: &'static str = " ON CONFLICT (id) DO UPDATE SET bantime = excluded.bantime, \
         ban_count = excluded.ban_count, failures = excluded.failures, origin = excluded.origin, \
         ended_at = coalesce(bans.ended_at, excluded.ended_at), end_id = coalesce(bans.end_id, excluded.end_id), \
         end_origin = coalesce(bans.end_origin, excluded.end_origin)";

    /// `ended` is an end that comes now, and its number.
    pub(super) fn new(
        entry: &Entry,
        ended: Option<(&EndRecord, i64)>,
        names: &Names,
    ) -> Result<Self, StoreError> {
        let event = &entry.event;
        // A count that the column cannot hold is not known, rather than another one.
        let number = |count: u32| i32::try_from(count).ok();
        Ok(Self {
            id: event.id.0,
            banned_at: event.key.banned_at.as_millis(),
            bantime: event.bantime.as_fail2ban(),
            ended_at: ended.map(|(end, _)| end.at.as_millis()),
            end_id: ended.map(|(_, id)| id),
            address_id: names.address(&event.key.id)?,
            jail_id: names.jail(&event.key.jail)?,
            origin: i32::from(origin_code(event.origin)),
            end_origin: ended.map(|(end, _)| i32::from(origin_code(end.origin))),
            ban_count: event.ban_count.and_then(number),
            failures: event.failures.and_then(number),
        })
    }
}

impl InsertRow for BanValues {
    const HEAD: &'static str = "INSERT INTO bans (id, banned_at, bantime, ended_at, end_id, address_id, jail_id, \
         origin, end_origin, ban_count, failures) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_bind_param::<BigInt, _>(&self.id)?;
        comma(pass).push_bind_param::<BigInt, _>(&self.banned_at)?;
        comma(pass).push_bind_param::<BigInt, _>(&self.bantime)?;
        for number in [&self.ended_at, &self.end_id] {
            comma(pass).push_bind_param::<Nullable<BigInt>, _>(number)?;
        }
        for number in [&self.address_id, &self.jail_id, &self.origin] {
            comma(pass).push_bind_param::<Integer, _>(number)?;
        }
        for number in [&self.end_origin, &self.ban_count, &self.failures] {
            comma(pass).push_bind_param::<Nullable<Integer>, _>(number)?;
        }
        Ok(())
    }
}

/// Who asked for the beginning or the end of a ban.
pub(super) struct NoteValues<'a> {
    ban_id: i64,
    at_end: i32,
    by: &'a Option<String>,
    reason: &'a Option<String>,
    search: String,
}

impl<'a> NoteValues<'a> {
    /// Takes the place of the note that is there.
    pub(super) const REPLACE: &'static str = " ON CONFLICT (ban_id, at_end) DO UPDATE SET \
         by_user = excluded.by_user, reason = excluded.reason, search = excluded.search";

    /// The notes of a ban that has to be written.
    pub(super) fn of(entry: &'a Entry) -> impl Iterator<Item = Self> {
        let event = &entry.event;
        let begun = (0, &event.by, &event.reason);
        let begun = (entry.before.is_none() || entry.changed).then_some(begun);
        let ended = entry.end.as_ref().map(|end| (1, &end.by, &end.reason));
        [begun, ended].into_iter().flatten().filter(|(_, by, reason)| by.is_some() || reason.is_some()).map(
            |(at_end, by, reason)| Self {
                ban_id: event.id.0,
                at_end,
                by,
                reason,
                search: search_text([by.as_deref(), reason.as_deref()]),
            },
        )
    }
}

impl InsertRow for NoteValues<'_> {
    const HEAD: &'static str = "INSERT INTO ban_notes (ban_id, at_end, by_user, reason, search) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_bind_param::<BigInt, _>(&self.ban_id)?;
        comma(pass).push_bind_param::<Integer, _>(&self.at_end)?;
        for text in [self.by, self.reason] {
            comma(pass).push_bind_param::<Nullable<Text>, _>(text)?;
        }
        comma(pass).push_bind_param::<Text, _>(&self.search)
    }
}

/// The log lines behind a ban.
pub(super) struct MatchValues {
    ban_id: i64,
    lines: String,
    cut: i32,
}

impl MatchValues {
    /// Takes the place of what is there, where it is different.
    pub(super) const REPLACE: &'static str = " ON CONFLICT (ban_id) DO UPDATE SET lines = excluded.lines, \
         cut = excluded.cut WHERE ban_matches.lines <> excluded.lines";

    /// The lines of a ban that came with some.
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        let matches = entry.matches.as_ref().filter(|matches| !matches.lines.is_empty())?;
        let lines = serde_json::Value::from(matches.lines.clone()).to_string();
        Some(Self { ban_id: entry.event.id.0, lines, cut: i32::from(matches.cut) })
    }
}

impl InsertRow for MatchValues {
    const HEAD: &'static str = "INSERT INTO ban_matches (ban_id, lines, cut) VALUES ";

    fn values<'b>(&'b self, pass: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.push_bind_param::<BigInt, _>(&self.ban_id)?;
        comma(pass).push_bind_param::<Text, _>(&self.lines)?;
        comma(pass).push_bind_param::<Integer, _>(&self.cut)
    }
}

/// A ban in force.
pub(crate) struct ActiveValues<'a> {
    server: &'a ServerId,
    ban: &'a ActiveBan,
    ip_key: String,
    banned_at: i64,
    bantime: i64,
    expires_at: i64,
    ban_count: Option<i64>,
    search: String,
    spellings: Option<String>,
}

impl<'a> ActiveValues<'a> {
    /// Takes the place of the ban that is there.
    pub(crate) const REPLACE: &'static str = " ON CONFLICT (server_id, jail, ip) DO UPDATE SET \
         banned_at = excluded.banned_at, bantime = excluded.bantime, expires_at = excluded.expires_at, \
         ban_count = excluded.ban_count, origin = excluded.origin, by_user = excluded.by_user, \
         reason = excluded.reason, search = excluded.search, spellings = excluded.spellings";

    pub(crate) fn new(server: &'a ServerId, ban: &'a ActiveBan) -> Self {
        Self {
            server,
            ban,
            ip_key: ban.key.id.sort_key(),
            banned_at: ban.key.banned_at.as_millis(),
            bantime: ban.bantime.as_fail2ban(),
            expires_at: expires_at(ban.bantime, ban.key.banned_at),
            ban_count: ban.ban_count.map(i64::from),
            search: search(&ban.key, ban.by.as_deref(), ban.reason.as_deref()),
            spellings: spellings(&ban.key.id),
        }
    }
}

impl InsertRow for ActiveValues<'_> {
    const HEAD: &'static str = "INSERT INTO active_bans (server_id, jail, ip, ip_key, banned_at, bantime, \
         expires_at, ban_count, origin, by_user, reason, search, spellings) VALUES ";

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
        comma(pass).push_bind_param::<Text, _>(&self.search)?;
        comma(pass).push_bind_param::<Nullable<Text>, _>(&self.spellings)
    }
}
