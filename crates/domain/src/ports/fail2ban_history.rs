//! fail2ban's own database, read only: what it still remembers of bans that BanGUI did not see happen.

use async_trait::async_trait;
use thiserror::Error;

use crate::model::{BanId, JailName, Matches, Timestamp};

/// How far fail2ban's database has been read. Row numbers can be used again after the highest rows were
/// deleted, so the time of the newest ban seen is kept beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryCursor {
    /// The highest row number seen.
    pub rowid: i64,
    /// The newest time of ban seen, in seconds since the epoch.
    pub timeofban: i64,
}

/// One ban as fail2ban stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Row number.
    pub rowid: i64,
    /// The jail.
    pub jail: JailName,
    /// What was banned.
    pub id: BanId,
    /// When the ban began.
    pub banned_at: Timestamp,
    /// Its length as fail2ban counts it (-1 for ever); `None` where an old database does not know.
    pub bantime: Option<i64>,
    /// Which ban of this address in this jail it was.
    pub ban_count: Option<u32>,
    /// Failures that led to it; 0 for a ban made by hand.
    pub failures: Option<u32>,
    /// The log lines that led to it, where they are kept; long ones may be cut.
    pub matches: Option<Matches>,
}

/// Some rows behind a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryPage {
    /// The rows, oldest first. Rows seen before may come again.
    pub rows: Vec<HistoryRow>,
    /// Where to go on.
    pub cursor: HistoryCursor,
    /// Whether there is more to read at once.
    pub more: bool,
    /// How many rows may lie behind the cursor: row numbers, of which some may be free.
    pub left: u64,
}

/// Why fail2ban's database was not read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HistoryError {
    /// The file is not there or may not be read.
    #[error("fail2ban's database {path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// fail2ban is writing; try again later.
    #[error("fail2ban's database is busy")]
    Busy,
}

/// Reads fail2ban's database: opened anew each time, read-only, for one short statement, so that fail2ban never
/// waits for it.
#[async_trait]
pub trait Fail2banHistory: Send + Sync {
    /// The bans behind `after` in the database at `path`, at most `limit`.
    async fn read(&self, path: &str, after: HistoryCursor, limit: u16) -> Result<HistoryPage, HistoryError>;
}
