//! What this process tells about itself.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bangui_api::{DatabaseKind, SchedulerRole, SystemInfo, SystemView};
use bangui_domain::model::{Lease, Timestamp};
use bangui_domain::ports::{LeaseStore, SCHEDULER_LEASE};
use bangui_jobs::{LeaseKeeper, Role};
use tokio_util::sync::CancellationToken;

/// How long an answer of the database is good for: the question can be asked without a session.
const FRESH: Duration = Duration::from_secs(2);
/// The longest that the database may take to be called well.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Clone)]
struct Asked {
    at: Instant,
    ok: bool,
    lease: Option<Lease>,
}

/// The process, its database and its lock.
pub(crate) struct System {
    started_at: Timestamp,
    database: DatabaseKind,
    store: Arc<dyn LeaseStore>,
    lease: Arc<LeaseKeeper>,
    workers: u32,
    ending: CancellationToken,
    asked: RwLock<Option<Asked>>,
}

impl System {
    /// Tells about the process that started at `started_at`, holds, or waits for, `lease`, and ends once `ending` says so.
    pub(crate) fn new(
        started_at: Timestamp,
        database: DatabaseKind,
        store: Arc<dyn LeaseStore>,
        lease: Arc<LeaseKeeper>,
        workers: u32,
        ending: CancellationToken,
    ) -> Self {
        Self { started_at, database, store, lease, workers, ending, asked: RwLock::new(None) }
    }

    /// The lock's row, which also shows whether the database answers.
    async fn ask(&self) -> Asked {
        let known = self.asked.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(asked) = known.filter(|asked| asked.at.elapsed() < FRESH) {
            return asked;
        }
        let answer = tokio::time::timeout(PATIENCE, self.store.current(SCHEDULER_LEASE)).await;
        let asked = match answer {
            Ok(Ok(lease)) => Asked { at: Instant::now(), ok: true, lease },
            Ok(Err(error)) => {
                tracing::warn!("the database does not answer a health check: {error}");
                Asked { at: Instant::now(), ok: false, lease: None }
            }
            Err(_) => {
                tracing::warn!("the database takes longer than {} s for a health check", PATIENCE.as_secs());
                Asked { at: Instant::now(), ok: false, lease: None }
            }
        };
        *self.asked.write().unwrap_or_else(PoisonError::into_inner) = Some(asked.clone());
        asked
    }
}

#[async_trait]
impl SystemView for System {
    async fn system(&self) -> SystemInfo {
        let asked = self.ask().await;
        let role = match self.lease.role() {
            Role::Leader(_) if self.lease.fence().is_some() => SchedulerRole::Leader,
            Role::Leader(_) | Role::Lost(_) => SchedulerRole::Lost,
            Role::Standby(_) => SchedulerRole::Standby,
        };
        SystemInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: self.started_at,
            database: self.database,
            database_ok: asked.ok,
            role,
            lease: asked.lease,
            workers: self.workers,
            ending: self.ending.is_cancelled(),
        }
    }
}
