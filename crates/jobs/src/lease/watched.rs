//! Whether any process uses a database, told from its scheduler lock: for commands that need it for themselves. Takes
//! nothing.

use std::time::Duration;

use bangui_domain::model::Lease;
use bangui_domain::ports::{LeaseStore, SCHEDULER_LEASE, StoreError};

use super::{LOOK_EVERY, TTL};
use crate::uptime;

/// How long a lock that nobody holds is watched where others may stand by, which look at it once a second.
const STANDBY: Duration = Duration::from_secs(3);

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watched {
    /// No process renews the lock, which is this one.
    Unused(Option<Lease>),
    /// A process holds the lock and has just renewed or taken it.
    InUse(Lease),
}

/// Watches the lock until it is renewed, or is sure not to be: for as long as a lease lasts if somebody holds it whom the store does
/// not know to be gone, and for a moment if nobody does but others may stand by.
pub async fn watch(store: &dyn LeaseStore, standbys: bool) -> Result<Watched, StoreError> {
    let mut seen: Option<(Lease, Duration)> = None;
    loop {
        let Some(lease) = store.current(SCHEDULER_LEASE).await? else { return Ok(Watched::Unused(None)) };
        if !lease.is_free() && store.is_orphaned(SCHEDULER_LEASE, &lease).await? {
            return Ok(Watched::Unused(Some(lease)));
        }
        let since = match &seen {
            Some((before, since)) if *before == lease => *since,
            Some(_) if !lease.is_free() => return Ok(Watched::InUse(lease)),
            _ => {
                if !lease.is_free() {
                    tracing::info!(
                        host = %lease.holder.host, pid = lease.holder.pid,
                        "the scheduler lock is held; waiting up to {} s to see whether its holder lives", TTL.as_secs()
                    );
                }
                uptime()
            }
        };
        let enough = match (lease.is_free(), standbys) {
            (true, true) => STANDBY,
            (true, false) => Duration::ZERO,
            (false, _) => TTL,
        };
        if uptime().saturating_sub(since) >= enough {
            return Ok(Watched::Unused(Some(lease)));
        }
        seen = Some((lease, since));
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
