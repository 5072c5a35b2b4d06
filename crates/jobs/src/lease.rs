//! Holds the scheduler lock: takes it, renews it, notices when it is lost before anybody else can have it, and gives it
//! back. Which process schedules is decided in the database; this is its reflection in memory.
//!
//! No two clocks are compared. A holder counts its lease from before it asked for it, and stops [`MARGIN`] early. Whoever
//! wants the lock has to see the row unchanged for a whole [`TTL`], by a clock of its own that nobody can set, unless the
//! store knows that the holder is gone.

mod error;
mod others;
mod watched;

use std::sync::Arc;
use std::time::Duration;

use bangui_domain::chain;
use bangui_domain::model::{Fence, Lease, LeaseHolder};
use bangui_domain::ports::{Acquired, LeaseStore, SCHEDULER_LEASE, StoreError};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::uptime;
pub use error::LeaseError;
use others::Others;
pub use watched::{Watched, watch};

/// How long the lock is held without being renewed.
pub const TTL: Duration = Duration::from_secs(15);
/// How often it is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// How often a renewal that failed is tried again, and how often another holder is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A holder stops this long before its lease ends: a statement may take a while to reach the database.
const MARGIN: Duration = Duration::from_secs(2);
/// How long the database may take to tell who holds the lock, or to take it back.
const PATIENCE: Duration = Duration::from_secs(2);

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
    /// Until when the lock is surely ours, by [`uptime()`]; zero unless leader.
    sure_until: Duration,
}

/// Keeps the lock for one process.
pub struct LeaseKeeper {
    store: Arc<dyn LeaseStore>,
    holder: LeaseHolder,
    exclusive: bool,
    held: watch::Sender<Held>,
    others: Others,
}

impl LeaseKeeper {
    /// Takes the lock if it is free. Where only one process may run (`exclusive`), waits for a holder to go or to turn out
    /// to be dead, and fails if it lives.
    pub async fn start(
        store: Arc<dyn LeaseStore>,
        holder: LeaseHolder,
        exclusive: bool,
    ) -> Result<Arc<Self>, LeaseError> {
        let held = Held { role: Role::Standby(None), sure_until: Duration::ZERO };
        let keeper = Arc::new(Self {
            store,
            holder,
            exclusive,
            held: watch::Sender::new(held),
            others: Others::default(),
        });
        let begun = uptime();
        let mut told = false;
        loop {
            keeper.look().await?;
            let Role::Standby(Some(lease)) = keeper.role() else { return Ok(keeper) };
            if !exclusive {
                return Ok(keeper);
            }
            let waited = uptime().saturating_sub(begun);
            // One that is stopping has this long to go; one that has just been renewed is alive.
            if waited >= TTL + MARGIN && keeper.others.unchanged_for() < RENEW_EVERY + MARGIN {
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
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// This process, as the lock knows it.
    pub fn holder(&self) -> &LeaseHolder {
        &self.holder
    }

    /// What this process is now.
    pub fn role(&self) -> Role {
        self.held.borrow().role.clone()
    }

    /// The fencing token, while the lock is surely ours.
    pub fn fence(&self) -> Option<Fence> {
        let held = self.held.borrow();
        match &held.role {
            Role::Leader(lease) if uptime() < held.sure_until => Some(lease.fence),
            Role::Leader(_) | Role::Standby(_) | Role::Lost(_) => None,
        }
    }

    /// Waits until the lock is ours.
    pub(crate) async fn gained(&self) -> Fence {
        let mut changes = self.held.subscribe();
        loop {
            if let Some(fence) = self.fence() {
                return fence;
            }
            // The sender lives as long as this keeper.
            drop(changes.changed().await);
        }
    }

    /// Waits until the lock is no longer ours under `fence`.
    pub(crate) async fn lost(&self, fence: Fence) {
        let mut changes = self.held.subscribe();
        while self.fence() == Some(fence) {
            drop(changes.changed().await);
        }
    }

    /// Waits until another process has taken the lock where only one may run: never, where many may.
    pub async fn ousted(&self) -> LeaseError {
        let mut changes = self.held.subscribe();
        loop {
            if let (true, Role::Standby(Some(lease))) = (self.exclusive, self.role()) {
                return LeaseError::Ousted(Box::new(lease));
            }
            drop(changes.changed().await);
        }
    }

    /// Renews the lock, or watches its holder and takes it over, until `stop`; then gives it back.
    pub async fn keep(&self, stop: CancellationToken) {
        let mut pause = self.pause();
        loop {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => break,
            }
            pause = tokio::select! {
                pause = self.turn() => pause,
                () = stop.cancelled() => break,
            };
        }
        self.give_back().await;
    }

    /// One renewal, or one look at another's lock; answers how long to wait for the next. A renewal ends when the lock
    /// does, whatever the database is doing.
    async fn turn(&self) -> Duration {
        let done = match self.role() {
            Role::Leader(lease) => timeout(self.sure_for(), self.renew(lease)).await,
            Role::Standby(_) | Role::Lost(_) => timeout(TTL, self.look()).await,
        };
        match done {
            Ok(Ok(())) => return self.pause(),
            Ok(Err(error)) => self.failed(&chain(&error)),
            Err(_) => self.failed("the database does not answer"),
        }
        LOOK_EVERY.min(self.pause())
    }

    fn pause(&self) -> Duration {
        match self.role() {
            Role::Leader(_) => RENEW_EVERY.min(self.sure_for()),
            Role::Standby(_) | Role::Lost(_) => LOOK_EVERY,
        }
    }

    /// How long the lock is surely ours.
    fn sure_for(&self) -> Duration {
        self.held.borrow().sure_until.saturating_sub(uptime())
    }

    async fn renew(&self, lease: Lease) -> Result<(), StoreError> {
        let asked = uptime();
        if let Some(lease) = self.store.renew(SCHEDULER_LEASE, lease.fence, ttl_millis()).await? {
            self.set(Role::Leader(lease), asked + TTL.saturating_sub(MARGIN));
        } else {
            tracing::error!(
                token = lease.fence.0,
                "the scheduler lock is lost: this process has stopped scheduling and tries to take it again"
            );
            self.set(Role::Lost(lease), Duration::ZERO);
        }
        Ok(())
    }

    /// Looks who holds the lock, and takes it if it is free, ours, or was not renewed for as long as it lasts.
    async fn look(&self) -> Result<(), StoreError> {
        match self.store.current(SCHEDULER_LEASE).await? {
            None => self.acquire(None).await,
            Some(lease) if lease.is_free() || lease.holder.id == self.holder.id => self.acquire(None).await,
            Some(lease) => {
                self.others.note(&lease);
                if self.store.is_orphaned(SCHEDULER_LEASE, &lease).await? {
                    tracing::warn!(
                        host = %lease.holder.host, pid = lease.holder.pid, token = lease.fence.0,
                        "the process that held the scheduler lock is gone: taking it over"
                    );
                    return self.acquire(Some(&lease)).await;
                }
                if self.others.unchanged_for() >= TTL {
                    tracing::warn!(
                        host = %lease.holder.host, pid = lease.holder.pid, token = lease.fence.0,
                        "the holder of the scheduler lock has not renewed it for {} s: taking it over",
                        TTL.as_secs()
                    );
                    return self.acquire(Some(&lease)).await;
                }
                self.set(Role::Standby(Some(lease)), Duration::ZERO);
                Ok(())
            }
        }
    }

    async fn acquire(&self, unrenewed: Option<&Lease>) -> Result<(), StoreError> {
        let asked = uptime();
        match self.store.acquire(SCHEDULER_LEASE, &self.holder, ttl_millis(), unrenewed).await? {
            Acquired::Yes(lease) => {
                tracing::info!(token = lease.fence.0, "scheduler lock taken: this process schedules");
                self.set(Role::Leader(lease), asked + TTL.saturating_sub(MARGIN));
            }
            Acquired::HeldBy(lease) => {
                self.others.note(&lease);
                self.set(Role::Standby(Some(lease)), Duration::ZERO);
            }
        }
        Ok(())
    }

    /// The database did not answer: the lock stays ours until its time is nearly over.
    fn failed(&self, why: &str) {
        match self.role() {
            Role::Leader(lease) if self.sure_for().is_zero() => {
                tracing::error!(
                    token = lease.fence.0,
                    "the scheduler lock could not be renewed in time, this process has stopped scheduling: {why}"
                );
                self.set(Role::Lost(lease), Duration::ZERO);
            }
            Role::Leader(_) => {
                tracing::warn!("the scheduler lock could not be renewed, trying again: {why}");
            }
            Role::Standby(_) | Role::Lost(_) => {
                tracing::warn!("the scheduler lock cannot be asked for: {why}");
            }
        }
    }

    /// Gives the lock back, if it is ours: the next holder need not wait for its end.
    pub async fn give_back(&self) {
        let (Role::Leader(lease) | Role::Lost(lease)) = self.role() else { return };
        self.set(Role::Standby(None), Duration::ZERO);
        match timeout(PATIENCE, self.store.release(SCHEDULER_LEASE, lease.fence)).await {
            Ok(Ok(())) => tracing::info!(token = lease.fence.0, "scheduler lock given back"),
            Ok(Err(error)) => {
                tracing::warn!("the scheduler lock was not given back and runs out: {}", chain(&error));
            }
            Err(_) => tracing::warn!(
                "the scheduler lock was not given back within {} s and runs out",
                PATIENCE.as_secs()
            ),
        }
    }

    fn set(&self, role: Role, sure_until: Duration) {
        self.held.send_replace(Held { role, sure_until });
    }
}

fn ttl_millis() -> i64 {
    i64::try_from(TTL.as_millis()).unwrap_or(i64::MAX)
}
