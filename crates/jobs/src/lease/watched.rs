//! Whether any process uses a database, told from its scheduler lock: for commands that need it for themselves. Takes
//! nothing.

use std::time::Duration;

use bangui_domain::model::Lease;
use bangui_domain::ports::{LeaseStore, SCHEDULER_LEASE, StoreError};

use super::others::Others;
use super::{LOOK_EVERY, TTL};

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

/// Watches the lock until it is renewed, or is sure not to be: for as long as a lease lasts if somebody holds it, and for
/// a moment if nobody does but others may stand by.
pub async fn watch(store: &dyn LeaseStore, standbys: bool) -> Result<Watched, StoreError> {
    let seen = Others::default();
    let mut first = None;
    loop {
        let Some(lease) = store.current(SCHEDULER_LEASE).await? else { return Ok(Watched::Unused(None)) };
        let changed = first.as_ref().is_some_and(|first| *first != lease);
        if changed && !lease.is_free() {
            return Ok(Watched::InUse(lease));
        }
        seen.note(&lease);
        let enough = match (lease.is_free(), standbys) {
            (true, true) => STANDBY,
            (true, false) => Duration::ZERO,
            (false, _) => TTL,
        };
        if seen.unchanged_for() >= enough {
            return Ok(Watched::Unused(Some(lease)));
        }
        first.get_or_insert(lease);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
