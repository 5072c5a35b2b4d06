//! The newest known ban that a ban of fail2ban's log can be, and whether it is the same.

use bangui_domain::model::{BanKey, BanTime, Logged, LoggedBan, Origin, ServerId, Timestamp};
use bangui_domain::ports::StoreError;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::{QueryResult, RunQueryDsl};

use super::code;
use crate::connection::{AnyConnection, MultiBackend, comma};

/// A ban that is known, by its numbers, or that a batch is about to write.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latest {
    pub(super) known: Known,
    pub(super) banned_at: Timestamp,
    pub(super) bantime: BanTime,
    /// Its end; `None` while it is in force. Of one that is unended, up to when it was in force at least.
    pub(super) end: Option<(Timestamp, Origin)>,
    /// Whether it comes from a log, and no log that was read tells its end.
    pub(super) unended: bool,
}

/// Where a ban is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known {
    /// In the database.
    Stored {
        /// Its number.
        id: i64,
        /// The number of its address.
        address: i32,
        /// The number of its jail.
        jail: i32,
    },
    /// At this place among those that are about to be written.
    New(usize),
}

/// A row of [`LatestAt`]: place in the list, and the ban.
pub(super) type Row = (i32, i64, i32, i32, i64, i64, Option<i64>, Option<i32>);

impl Latest {
    pub(super) fn stored(row: Row) -> Result<(usize, Self), StoreError> {
        let (index, id, address, jail, banned_at, bantime, ended_at, end_origin) = row;
        let (banned_at, bantime) = (Timestamp::from_millis(banned_at), BanTime::from_fail2ban(bantime));
        let end = match ended_at.zip(end_origin) {
            Some((at, origin)) => Some((Timestamp::from_millis(at), code::origin(origin)?)),
            None => None,
        };
        // Nobody watches over an imported ban: that it has no end does not say that it is in force.
        let unended = end.is_none() && id <= 0;
        let latest = Self {
            known: Known::Stored { id, address, jail },
            banned_at,
            bantime,
            end: if unended { Some((in_force_until(banned_at, bantime), Origin::Expired)) } else { end },
            unended,
        };
        Ok((usize::try_from(index).unwrap_or(usize::MAX), latest))
    }

    /// A ban that is about to be written, at its place among them.
    pub(super) fn new(ban: &LoggedBan, index: usize) -> Self {
        let (bantime, end) = ban.course.end(ban.key.banned_at, None);
        Self {
            known: Known::New(index),
            banned_at: ban.key.banned_at,
            bantime: bantime.unwrap_or(BanTime::Seconds(0)),
            end: Some(end.unwrap_or((ban.acted_at, Origin::Expired))),
            unended: end.is_none() && bantime.is_some(),
        }
    }

    /// Whether it has ended, and nobody knows when: it has no end, or one before its time was over, or no length.
    pub(super) fn is_end_unknown(&self) -> bool {
        let due = self.bantime.end(self.banned_at);
        let is_early = self.end.is_some_and(|(at, how)| {
            how == Origin::Expired && (self.bantime == BanTime::Seconds(0) || due.is_none_or(|due| at < due))
        });
        self.unended || is_early
    }

    /// Whether the log tells of this ban: it was in force when fail2ban acted, or began within the second, or between the last
    /// failure and then. One that was restored may be one whose end is not known.
    pub(super) fn is_same_ban(&self, ban: &LoggedBan) -> bool {
        let begun = self.banned_at.millis_since(ban.key.banned_at);
        let Some((at, how)) = self.end else { return true };
        if begun >= 0 || at >= ban.acted_at || (ban.origin == Origin::Restored && self.is_end_unknown()) {
            return true;
        }
        begun >= -BanKey::ROUNDING_MILLIS && how != Origin::Manual
    }
}

/// A log that does not tell the last failure has the ban so much later than it began, in milliseconds, and hardly ever more.
/// Longer would take the next ban of an address that was lifted for this one.
const ACTED_WITHIN_MILLIS: i64 = 10_000;

/// Up to when a ban that no log has ended was in force at least: fail2ban had acted by then, if its time was not over before.
fn in_force_until(banned_at: Timestamp, bantime: BanTime) -> Timestamp {
    let acted_at = banned_at.plus_millis(ACTED_WITHIN_MILLIS);
    bantime.end(banned_at).map_or(acted_at, |due| due.min(acted_at))
}

/// Where a ban may be: its address and jail, and the latest moment at which it can have begun.
pub(super) struct Place<'a> {
    index: i32,
    ip: &'a str,
    jail: &'a str,
    until: i64,
}

impl<'a> Place<'a> {
    pub(super) fn of(index: usize, told: &'a Logged) -> Self {
        let (jail, id, until) = match told {
            Logged::Ban(ban) => {
                (&ban.key.jail, &ban.key.id, ban.acted_at.plus_millis(BanKey::ROUNDING_MILLIS))
            }
            Logged::End(end) => (&end.jail, &end.id, end.course.lifted_at.unwrap_or(end.course.read_to)),
        };
        Self {
            index: i32::try_from(index).unwrap_or(i32::MAX),
            ip: id.as_str(),
            jail: jail.as_str(),
            until: until.as_millis(),
        }
    }
}

/// A SELECT of the newest ban at each place, which must not be none, where there is one.
pub(super) struct LatestAt<'a> {
    pub(super) server: &'a ServerId,
    pub(super) places: &'a [Place<'a>],
}

impl QueryFragment<MultiBackend> for LatestAt<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        pass.push_sql(
            "SELECT k.column1, b.id, b.address_id, b.jail_id, b.banned_at, b.bantime, b.ended_at, b.end_origin \
             FROM (VALUES ",
        );
        for (index, place) in self.places.iter().enumerate() {
            pass.push_sql(if index == 0 { "(" } else { ", (" });
            pass.push_bind_param::<Integer, _>(&place.index)?;
            comma(&mut pass).push_bind_param::<Text, _>(place.ip)?;
            comma(&mut pass).push_bind_param::<Text, _>(place.jail)?;
            comma(&mut pass).push_bind_param::<BigInt, _>(&place.until)?;
            pass.push_sql(")");
        }
        pass.push_sql(
            ") AS k CROSS JOIN addresses AS a CROSS JOIN jails AS j CROSS JOIN bans AS b \
             WHERE a.ip = k.column2 AND j.name = k.column3 AND b.id = (SELECT n.id FROM bans AS n \
             WHERE n.address_id = a.id AND n.jail_id = j.id AND n.banned_at <= k.column4 \
             ORDER BY n.banned_at DESC LIMIT 1) AND j.server_id = ",
        );
        pass.push_bind_param::<Text, _>(self.server.as_str())?;
        Ok(())
    }
}

impl QueryId for LatestAt<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for LatestAt<'_> {
    type SqlType = (Integer, BigInt, Integer, Integer, BigInt, BigInt, Nullable<BigInt>, Nullable<Integer>);
}

impl RunQueryDsl<AnyConnection> for LatestAt<'_> {}
