//! What the API shows of the process itself and cannot know by its own means: whoever wires the process
//! tells it.

use async_trait::async_trait;
use bangui_domain::model::{Lease, Timestamp};

/// Which database is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// One file.
    Sqlite,
    /// A server.
    Postgres,
}

/// What this process is to the scheduler lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchedulerRole {
    /// It holds the lock and schedules.
    Leader,
    /// Another process holds it.
    Standby,
    /// It held the lock and could not renew it: it schedules nothing until it holds the lock again.
    Lost,
}

/// The process at this moment.
#[derive(Debug, Clone)]
pub struct SystemInfo {
    /// BanGUI's version.
    pub version: String,
    /// When this process started.
    pub started_at: Timestamp,
    /// The database's kind.
    pub database: DatabaseKind,
    /// Whether the database answers now.
    pub database_ok: bool,
    /// This process's part in scheduling.
    pub role: SchedulerRole,
    /// The scheduler lock, whoever holds it; `None` if nobody ever did, or the database does not answer.
    pub lease: Option<Lease>,
    /// How many processes this deployment means to run on its database.
    pub workers: u32,
    /// Whether this process is about to end, so that new requests should go to another.
    pub ending: bool,
}

/// Tells about the process. Asked by `GET /api/system` and `GET /api/health/ready`, the latter without a session:
/// an implementation answers from memory or by one short statement with a time limit.
#[async_trait]
pub trait SystemView: Send + Sync {
    /// The process at this moment.
    async fn system(&self) -> SystemInfo;
}
