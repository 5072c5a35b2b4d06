//! What can be asked of the bans and events that BanGUI holds. All filters are joined by "and".

use super::{BanEvent, BanId, Cursor, HistoryFilter, JailName, Limit, ServerId, Target, Timestamp};

/// A column that the active bans can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// When the ban began.
    BannedAt,
    /// When the ban ends; a permanent one ends last.
    ExpiresAt,
    /// The address, by number rather than by text; other ids first.
    Ip,
    /// The jail's name.
    Jail,
}

/// A sort column and its direction. Ties go by row id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BanSort {
    /// The column.
    pub key: SortKey,
    /// Largest first.
    pub descending: bool,
}

impl Default for BanSort {
    fn default() -> Self {
        Self { key: SortKey::BannedAt, descending: true }
    }
}

/// A question about what is banned now.
#[derive(Debug, Clone)]
pub struct BanQuery {
    /// Of this fail2ban server.
    pub server: ServerId,
    /// Only this jail.
    pub jail: Option<JailName>,
    /// Only entries that lie in this address or network, and networks that contain it.
    pub overlapping: Option<Target>,
    /// Only this very entry, in whatever spelling.
    pub id: Option<BanId>,
    /// Only rows where address, jail, reason or user contain this text, upper and lower case alike.
    pub text: Option<String>,
    /// The order.
    pub sort: BanSort,
    /// The size of the page.
    pub limit: Limit,
    /// Behind this row.
    pub after: Option<Cursor>,
}

impl BanQuery {
    /// Everything that is banned on `server`, newest first.
    pub fn of(server: ServerId) -> Self {
        Self {
            server,
            jail: None,
            overlapping: None,
            id: None,
            text: None,
            sort: BanSort::default(),
            limit: Limit::DEFAULT,
            after: None,
        }
    }
}

/// A question about the history, answered newest first.
#[derive(Debug, Clone)]
pub struct EventQuery {
    /// Which part of it.
    pub filter: HistoryFilter,
    /// At or after this time.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// The size of the page.
    pub limit: Limit,
    /// Behind this row.
    pub after: Option<Cursor>,
    /// The other way: what is newer than that row, the nearest to it, or without one the oldest. Newest first as well; the
    /// next page is newer still.
    pub newer: bool,
}

impl EventQuery {
    /// The whole history of `server`.
    pub fn of(server: ServerId) -> Self {
        Self {
            filter: HistoryFilter::of(server),
            since: None,
            until: None,
            limit: Limit::DEFAULT,
            after: None,
            newer: false,
        }
    }

    /// The place of an event: where a page behind it begins, or one with what is newer.
    pub fn place(event: &BanEvent) -> Cursor {
        Cursor { value: event.occurred_at.as_millis().to_string(), id: event.id.0 }
    }
}
