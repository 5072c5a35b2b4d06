//! Keeps fail2ban in step with the allowlist: it forgets what it was told when it restarts or reloads.

use std::collections::BTreeSet;
use std::time::Duration;

use super::AllowService;
use crate::ServiceError;
use crate::model::{AllowId, AuditAction, JailName, Timestamp};

/// How often the jails' lists are looked at although nothing points to a change: fail2ban tells nobody of a reload.
const EVERY: Duration = Duration::from_secs(15);

/// What is remembered between two looks. One at a time holds it: what a user does, and the upkeep.
#[derive(Debug, Default)]
pub(super) struct Turn {
    at: Option<Duration>,
    connection: u64,
    jails: Vec<JailName>,
    /// Entries that fail2ban has come to know, and within which bans are still to be lifted.
    pub(super) unlifted: BTreeSet<AllowId>,
}

impl Turn {
    /// Whether it is time for a look; if so, notes that it is done.
    fn is_due(&mut self, connection: u64, jails: &[JailName], now: Duration) -> bool {
        let rests = self.at.is_some_and(|at| now.saturating_sub(at) < EVERY);
        if rests && self.connection == connection && self.jails == jails {
            return false;
        }
        (self.at, self.connection, self.jails) = (Some(now), connection, jails.to_vec());
        true
    }
}

impl AllowService {
    /// Puts back what fail2ban has forgotten, and takes away what is over. To be called after each look at fail2ban by
    /// the process that holds the scheduler lock; `connection` is the number of the connection that has answered. Asks
    /// fail2ban only if that or the jails have changed, and now and then.
    pub async fn upkeep(&self, connection: u64) -> Result<(), ServiceError> {
        let seen = self.watch.jails();
        let jails: Vec<JailName> =
            seen.iter().flat_map(|seen| seen.jails.iter()).map(|jail| jail.name.clone()).collect();
        let mut turn = self.turn.lock().await;
        let now = self.clock.now();
        if !turn.is_due(connection, &jails, self.clock.uptime()) {
            return Ok(());
        }
        self.remove_ended(now).await?;
        let lifted = self.settle(&mut turn, None, now).await?.lifted;
        if lifted.count > 0 {
            tracing::info!(bans = lifted.count, "bans of allowed addresses were lifted");
        }
        Ok(())
    }

    /// Removes the entries whose time is over.
    pub(super) async fn remove_ended(&self, now: Timestamp) -> Result<(), ServiceError> {
        for entry in self.store.allowed(&self.server).await? {
            if entry.spec.is_over(now) && self.store.disallow(&self.server, entry.id).await? {
                self.record(AuditAction::Disallow, &entry.spec, None, ": its time is over").await?;
            }
        }
        Ok(())
    }
}
