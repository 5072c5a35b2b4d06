//! Active bans between the domain's types and the tables' columns.

use bangui_domain::model::{ActiveBan, BanId, BanKey, BanTime, JailName, Origin, Timestamp};
use bangui_domain::ports::StoreError;
use diesel::prelude::*;

use crate::fault::UnknownValue;
use crate::schema::active_bans;
use crate::text::search_text;

/// Stands for "never" in `expires_at`: the end of the year 9999, so that permanent bans sort last.
pub(super) const NEVER: i64 = 253_402_300_799_000;

/// An active ban as selected by [`ACTIVE_COLUMNS`].
#[derive(Queryable, Debug, Clone)]
pub(crate) struct ActiveRow {
    pub(crate) id: i64,
    pub(super) jail: String,
    ip: String,
    pub(super) ip_key: String,
    pub(super) banned_at: i64,
    bantime: i64,
    pub(super) expires_at: i64,
    ban_count: Option<i64>,
    origin: String,
    by_user: Option<String>,
    reason: Option<String>,
    spellings: Option<String>,
}

/// The columns of an [`ActiveRow`], in its order.
pub(crate) type ActiveColumns = (
    active_bans::id,
    active_bans::jail,
    active_bans::ip,
    active_bans::ip_key,
    active_bans::banned_at,
    active_bans::bantime,
    active_bans::expires_at,
    active_bans::ban_count,
    active_bans::origin,
    active_bans::by_user,
    active_bans::reason,
    active_bans::spellings,
);

pub(crate) const ACTIVE_COLUMNS: ActiveColumns = (
    active_bans::id,
    active_bans::jail,
    active_bans::ip,
    active_bans::ip_key,
    active_bans::banned_at,
    active_bans::bantime,
    active_bans::expires_at,
    active_bans::ban_count,
    active_bans::origin,
    active_bans::by_user,
    active_bans::reason,
    active_bans::spellings,
);

impl ActiveRow {
    /// Its jail and id; `None` if the jail's name is none.
    pub(super) fn target(&self) -> Option<(JailName, BanId)> {
        Some((JailName::parse(&self.jail).ok()?, BanId::from_stored(self.ip.clone(), [])))
    }

    pub(crate) fn into_ban(self) -> Result<ActiveBan, StoreError> {
        Ok(ActiveBan {
            key: BanKey {
                jail: jail(self.jail)?,
                id: BanId::from_stored(
                    self.ip,
                    self.spellings.as_deref().into_iter().flat_map(|all| all.split('\n')),
                ),
                banned_at: Timestamp::from_millis(self.banned_at),
            },
            bantime: BanTime::from_fail2ban(self.bantime),
            ban_count: self.ban_count.and_then(|count| u32::try_from(count).ok()),
            origin: origin(self.origin)?,
            by: self.by_user,
            reason: self.reason,
        })
    }
}

/// The `spellings` of a row: fail2ban's texts, one a line, where they are not the value.
pub(super) fn spellings(id: &BanId) -> Option<String> {
    id.is_spelled_otherwise().then(|| id.spellings().collect::<Vec<_>>().join("\n"))
}

/// A jail's name from its column.
pub(crate) fn jail(name: String) -> Result<JailName, StoreError> {
    JailName::parse(&name).map_err(|_| UnknownValue { wanted: "the name of a jail", value: name }.into())
}

fn origin(text: String) -> Result<Origin, StoreError> {
    Origin::parse(&text).ok_or_else(|| UnknownValue { wanted: "an origin", value: text }.into())
}

/// The `expires_at` of a ban.
pub(crate) fn expires_at(bantime: BanTime, banned_at: Timestamp) -> i64 {
    bantime.end(banned_at).map_or(NEVER, Timestamp::as_millis)
}

/// The `search` of a row.
pub(super) fn search(key: &BanKey, by: Option<&str>, reason: Option<&str>) -> String {
    let spellings = spellings(&key.id);
    search_text([Some(key.id.as_str()), spellings.as_deref(), Some(key.jail.as_str()), by, reason])
}
