//! Holds the scheduler lock: takes it, renews it, notices when it is lost before anybody else can have it, and
//! gives it back. Which process schedules is decided in the database; this is its reflection in memory.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bangui_domain::model::{Fence, Lease, LeaseHolder};
use bangui_domain::ports::{Acquired, LeaseStore, SCHEDULER_LEASE, StoreError};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// How long the lock is held without being renewed.
pub const TTL: Duration = Duration::from_secs(15);
/// How often it is renewed, and how often a standby tries to take it.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// A holder stops this long before its lease ends: no two clocks run alike.
const MARGIN: Duration = Duration::from_secs(2);

/// Why the lock was not taken at start.
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
    /// The database failed.
    #[error("the scheduler lock cannot be taken: {0}")]
    Store(#[from] StoreError),
}

/// What this process is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It schedules.
    Leader(Lease),
    /// Another one does, or nobody.
    Standby(Option<Lease>),
    /// It did, and has lost the lock or cannot renew it.
    Lost(Lease),
}

#[derive(Debug)]
struct Held {
    role: Role,
    /// Until when the lock is surely ours; meaningless unless leader.
    sure_until: Instant,
}

/// Keeps the lock for one process.
pub struct LeaseKeeper {
    store: Arc<dyn LeaseStore>,
    holder: LeaseHolder,
    held: RwLock<Held>,
}

impl LeaseKeeper {
    /// Takes the lock, or, where only one process may run (`exclusive`), waits until a dead holder's lease has
    /// surely ended, and fails if a living one keeps renewing it.
    pub async fn start(
        store: Arc<dyn LeaseStore>,
        holder: LeaseHolder,
        exclusive: bool,
    ) -> Result<Arc<Self>, LeaseError> {
        let keeper = Arc::new(Self {
            store,
            holder,
            held: RwLock::new(Held { role: Role::Standby(None), sure_until: Instant::now() }),
        });
        let deadline = tokio::time::Instant::now() + TTL + MARGIN;
        let mut told = false;
        loop {
            keeper.try_acquire().await?;
            let Role::Standby(Some(lease)) = keeper.role() else { return Ok(keeper) };
            if !exclusive {
                return Ok(keeper);
            }
            if tokio::time::Instant::now() >= deadline {
                return Err(LeaseError::Held(Box::new(lease)));
            }
            if !told {
                tracing::info!(
                    host = %lease.holder.host, pid = lease.holder.pid,
                    "the scheduler lock is held; waiting up to {} s to see whether its holder lives",
                    (TTL + MARGIN).as_secs()
                );
                told = true;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// This process, as the lock knows it.
    pub fn holder(&self) -> &LeaseHolder {
        &self.holder
    }

    /// What this process is now.
    pub fn role(&self) -> Role {
        self.held.read().unwrap_or_else(PoisonError::into_inner).role.clone()
    }

    /// The fencing token, while the lock is surely ours.
    pub fn fence(&self) -> Option<Fence> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        match &held.role {
            Role::Leader(lease) if Instant::now() < held.sure_until => Some(lease.fence),
            Role::Leader(_) | Role::Standby(_) | Role::Lost(_) => None,
        }
    }

    /// Renews the lock, or tries to take it, until `stop`; then gives it back.
    pub async fn keep(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(RENEW_EVERY) => {}
                () = stop.cancelled() => break,
            }
            let result = match self.role() {
                Role::Leader(lease) => self.renew(lease).await,
                Role::Standby(_) | Role::Lost(_) => self.try_acquire().await,
            };
            if let Err(error) = result {
                self.failed(&error);
            }
        }
        if let Role::Leader(lease) | Role::Lost(lease) = self.role() {
            match self.store.release(SCHEDULER_LEASE, lease.fence).await {
                Ok(()) => tracing::info!(token = lease.fence.0, "scheduler lock given back"),
                Err(error) => tracing::warn!("the scheduler lock was not given back and runs out: {error}"),
            }
            self.set(Role::Standby(None), Instant::now());
        }
    }

    async fn try_acquire(&self) -> Result<(), StoreError> {
        let asked = Instant::now();
        let ttl = i64::try_from(TTL.as_millis()).unwrap_or(i64::MAX);
        match self.store.acquire(SCHEDULER_LEASE, &self.holder, ttl).await? {
            Acquired::Yes(lease) => {
                tracing::info!(token = lease.fence.0, "scheduler lock taken: this process schedules");
                self.set(Role::Leader(lease), asked + TTL.saturating_sub(MARGIN));
            }
            Acquired::HeldBy(lease) => self.set(Role::Standby(Some(lease)), asked),
        }
        Ok(())
    }

    async fn renew(&self, lease: Lease) -> Result<(), StoreError> {
        let asked = Instant::now();
        let ttl = i64::try_from(TTL.as_millis()).unwrap_or(i64::MAX);
        if let Some(lease) = self.store.renew(SCHEDULER_LEASE, lease.fence, ttl).await? {
            self.set(Role::Leader(lease), asked + TTL.saturating_sub(MARGIN));
        } else {
            tracing::error!(
                token = lease.fence.0,
                "the scheduler lock is lost: this process stops scheduling and tries to take it again"
            );
            self.set(Role::Lost(lease), asked);
        }
        Ok(())
    }

    /// The database did not answer: the lock stays ours until its time is nearly over.
    fn failed(&self, error: &StoreError) {
        let role = self.role();
        match role {
            Role::Leader(lease) if self.fence().is_none() => {
                tracing::error!(
                    token = lease.fence.0,
                    "the scheduler lock could not be renewed in time, this process stops scheduling: {error}"
                );
                self.set(Role::Lost(lease), Instant::now());
            }
            Role::Leader(_) => {
                tracing::warn!("the scheduler lock could not be renewed, trying again: {error}");
            }
            Role::Standby(_) | Role::Lost(_) => {
                tracing::warn!("the scheduler lock cannot be asked for: {error}");
            }
        }
    }

    fn set(&self, role: Role, sure_until: Instant) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Held { role, sure_until };
    }
}
