//! BanGUI's own memory of bans: what is in force, and everything that has happened.

use async_trait::async_trait;

use super::{HistoryCursor, StoreError};
use crate::model::{
    ActiveBan, BanEvent, BanKey, BanQuery, BanTime, EventId, EventQuery, Fence, JailName, Matches, Origin,
    Page, Place, ServerId, Timestamp,
};

/// A ban that was seen, for the first time or again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanRecord {
    /// The ban.
    pub ban: ActiveBan,
    /// Failures that led to it, where known.
    pub failures: Option<u32>,
    /// Whether it is in force now, or only history.
    pub in_force: bool,
    /// Where the address is; `None` if nobody looked.
    pub place: Option<Place>,
    /// The log lines that led to it, where known.
    pub matches: Option<Matches>,
}

/// A ban that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndRecord {
    /// The ban.
    pub key: BanKey,
    /// How long it was to last.
    pub bantime: BanTime,
    /// Which ban of this address it was, where known.
    pub ban_count: Option<u32>,
    /// When it ended.
    pub at: Timestamp,
    /// How it ended.
    pub origin: Origin,
    /// Who lifted it.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What one look at fail2ban has brought, to be written as a whole or not at all.
#[derive(Debug, Clone)]
pub struct BanBatch {
    /// The fail2ban server.
    pub server: ServerId,
    /// The scheduler lock under which this is written; `None` for what a user asked for.
    pub fence: Option<Fence>,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// Bans, new ones and ones that are known and may have changed.
    pub bans: Vec<BanRecord>,
    /// Ends.
    pub ends: Vec<EndRecord>,
    /// How far fail2ban's database has been read, if it was.
    pub cursor: Option<HistoryCursor>,
}

/// What a batch has changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// Events that were not known before, oldest row first.
    pub events: Vec<BanEvent>,
}

/// Keeps bans and events.
#[async_trait]
pub trait BanStore: Send + Sync {
    /// Writes a batch in one transaction. A ban event is identified by server and [`BanKey`] and is written once:
    /// when it comes again, [`mod@crate::service::merge`] decides what changes. A key that is not known, but is that of
    /// the same ban as a known one ([`BanKey::is_same_ban`]), stands for the known one, unless that was lifted by
    /// hand. The end of a ban is written once and not changed; that of a ban that is not known makes
    /// the ban known as restored. Bans in force are entered among the active ones (one row for server, jail and id; a newer ban
    /// replaces an older one), ended ones leave if the key matches. [`StoreError::StaleFence`] if the lock has
    /// changed hands.
    async fn record(&self, batch: &BanBatch) -> Result<Recorded, StoreError>;

    /// The active bans of one jail, in no order.
    async fn active(&self, server: &ServerId, jail: &JailName) -> Result<Vec<ActiveBan>, StoreError>;

    /// The jails that have active bans.
    async fn active_jails(&self, server: &ServerId) -> Result<Vec<JailName>, StoreError>;

    /// Some of the active bans.
    async fn find_bans(&self, query: &BanQuery) -> Result<Page<ActiveBan>, StoreError>;

    /// Some of the history, newest first by time, then by row.
    async fn find_events(&self, query: &EventQuery) -> Result<Page<BanEvent>, StoreError>;

    /// The event with the highest number; 0 if there is none. Numbers grow in the order in which events can be read:
    /// once one was seen, none with a lower number comes to light.
    async fn newest_event(&self, server: &ServerId) -> Result<EventId, StoreError>;

    /// Events recorded behind `after`, oldest row first: what a live stream that was cut has missed.
    async fn events_after(
        &self,
        server: &ServerId,
        after: EventId,
        limit: u16,
    ) -> Result<Vec<BanEvent>, StoreError>;

    /// How far fail2ban's database has been read.
    async fn history_cursor(&self, server: &ServerId) -> Result<Option<HistoryCursor>, StoreError>;
}
