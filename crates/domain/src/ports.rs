//! What the outside provides, as traits sized by use case. A transaction never crosses one: what has to be
//! atomic is one method. A lookup that finds nothing is `None`, not an error.

pub mod address_store;
pub mod allow_store;
pub mod atlas;
pub mod ban_store;
pub mod clock;
pub mod fail2ban_history;
pub mod history;
pub mod history_keeper;
pub mod host_names;
pub mod ignore_control;
pub mod jail_control;
pub mod job_board;
pub mod lease_store;
pub mod log_control;
pub mod messenger;
pub mod notices;
pub mod notify_store;
pub mod place_downloads;
pub mod runtime_store;
pub mod session_store;
pub mod try_store;
pub mod user_store;
pub mod watch_log;

pub use address_store::{AddressStore, KeptAddress, Nameless, PlaceProgress};
pub use allow_store::AllowStore;
pub use atlas::{Atlas, PlaceSource};
pub use ban_store::{BanBatch, BanRecord, BanStore, EndRecord, Recorded};
pub use clock::Clock;
pub use fail2ban_history::{Fail2banHistory, HistoryCursor, HistoryError, HistoryPage, HistoryRow};
pub use history::History;
pub use history_keeper::HistoryKeeper;
pub use host_names::{HostNames, NamesError};
pub use ignore_control::{IgnoreControl, IgnoreList};
pub use jail_control::{BanList, ControlError, Counters, JailControl, LocalTime, ReportedBan};
pub use job_board::JobBoard;
pub use lease_store::{Acquired, LeaseStore, SCHEDULER_LEASE};
pub use log_control::LogControl;
pub use messenger::{Messenger, Preview, Undelivered};
pub use notices::{Notice, Notices};
pub use notify_store::{ChannelDeleted, Outbox, Progress, RuleStore};
pub use place_downloads::{FetchError, PlaceDownloads, Wanted};
pub use runtime_store::{Published, RuntimeStore};
pub use session_store::SessionStore;
pub use try_store::TryStore;
pub use user_store::{AuditLog, UserStore};
pub use watch_log::WatchLog;

use thiserror::Error;

/// What can go wrong with the database.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The row to be changed is not there.
    #[error("no such row")]
    NotFound,
    /// A uniqueness rule, by name.
    #[error("conflicts with a row that exists ({0})")]
    Conflict(String),
    /// The database cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The database is locked, or every connection is in use, for longer than the time-out.
    #[error("the database is busy")]
    Busy,
    /// The writer has lost the scheduler lock: nothing was written.
    #[error("the scheduler lock belongs to another process: nothing was written")]
    StaleFence,
    /// A cursor that does not fit the query.
    #[error("the cursor does not fit the query")]
    BadCursor,
    /// Anything else, with its source.
    #[error("database error")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}
