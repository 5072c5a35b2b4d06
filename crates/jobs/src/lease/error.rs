//! Why a process does not have the scheduler lock where it must.

use bangui_domain::model::Lease;
use bangui_domain::ports::StoreError;
use thiserror::Error;

/// Why the lock was not taken at start, or is no longer ours where only one process may run.
#[derive(Debug, Error)]
pub enum LeaseError {
    /// Another process has it, and keeps renewing it.
    #[error(
        "another BanGUI process uses this database: {} {} on host {}, process {}. On SQLite only one process may \
         run: two would ban, observe and schedule everything twice. Stop the other one, or use PostgreSQL \
         (BANGUI_DATABASE__URL=postgres://…), where any number of replicas can run.",
        .0.holder.version, .0.holder.id, .0.holder.host, .0.holder.pid
    )]
    Held(Box<Lease>),
    /// Another has it, that took it while this process was stopped or could not write.
    #[error(
        "another BanGUI process has taken this database over: {} {} on host {}, process {}. This one did not renew the \
         scheduler lock for too long, as a process does that is stopped or cannot write. On SQLite only one process may \
         run: stop one of them, or use PostgreSQL (BANGUI_DATABASE__URL=postgres://…), where any number can run.",
        .0.holder.version, .0.holder.id, .0.holder.host, .0.holder.pid
    )]
    Ousted(Box<Lease>),
    /// The database failed.
    #[error("the scheduler lock cannot be taken: {0}")]
    Store(#[from] StoreError),
}
