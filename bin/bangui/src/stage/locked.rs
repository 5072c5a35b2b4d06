//! Stage 4: the scheduler lock is taken, or, on PostgreSQL, known to be another replica's.

use std::net::TcpListener;
use std::sync::Arc;

use bangui_domain::model::LeaseHolder;
use bangui_domain::ports::LeaseStore;
use bangui_jobs::{JobStorage, LeaseError, LeaseKeeper, Role};
use bangui_persistence::{Db, DbKind};

use super::Migrated;
use super::listener::Listener;
use super::migrated::open_queue;
use crate::exit::{ExitCode, Fatal};
use crate::settings::Settings;
use bangui_domain::chain;

/// A process that knows its role.
pub(crate) struct Locked {
    pub(super) settings: Settings,
    pub(super) listeners: Vec<Listener>,
    pub(super) metrics_listeners: Vec<TcpListener>,
    pub(super) db: Db,
    pub(super) lease: Arc<LeaseKeeper>,
    pub(super) queue: JobStorage,
}

impl Locked {
    /// What keeps the lock.
    pub(crate) fn lease(&self) -> &Arc<LeaseKeeper> {
        &self.lease
    }

    /// Takes the lock. On SQLite it takes over from a holder that is gone, and fails if a living one has it.
    pub(crate) async fn take(migrated: Migrated) -> Result<Self, Fatal> {
        let store: Arc<dyn LeaseStore> = Arc::new(migrated.db.clone());
        let exclusive = migrated.db.kind() == DbKind::Sqlite;
        let lease =
            LeaseKeeper::start(store, this_process()?, exclusive).await.map_err(|error| match error {
                LeaseError::Held(_) | LeaseError::Ousted(_) => {
                    Fatal::new(ExitCode::TryAgain, error.to_string())
                }
                LeaseError::Store(_) => Fatal::new(ExitCode::Unavailable, chain(&error)),
            })?;
        if let Role::Standby(Some(holder)) = lease.role() {
            tracing::info!(
                host = %holder.holder.host, pid = holder.holder.pid,
                "another replica schedules; this one serves and stands by"
            );
        }
        let queue = open_queue(&migrated.settings, &migrated.db).await?;
        let Migrated { settings, listeners, metrics_listeners, db } = migrated;
        Ok(Self { settings, listeners, metrics_listeners, db, lease, queue })
    }
}

/// How this process is named in the lock.
fn this_process() -> Result<LeaseHolder, Fatal> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|error| {
        Fatal::new(ExitCode::Internal, format!("The system's random numbers are not available: {error}"))
    })?;
    Ok(LeaseHolder {
        id: format!("{:016x}", u64::from_be_bytes(random)),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}
