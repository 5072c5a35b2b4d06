//! The lease of another process as it was last seen to change: what tells a holder that lives from one that is gone.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bangui_domain::model::Lease;

use crate::uptime;

/// What was seen of other holders.
#[derive(Debug, Default)]
pub(super) struct Others(Mutex<Option<Seen>>);

#[derive(Debug)]
struct Seen {
    lease: Lease,
    since: Duration,
}

impl Others {
    /// Notes another's lease; one that has changed is seen anew. A new holder is told in the log.
    pub(super) fn note(&self, lease: &Lease) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref().is_some_and(|before| before.lease == *lease) {
            return;
        }
        if seen.as_ref().is_none_or(|before| before.lease.fence != lease.fence) {
            tracing::info!(
                host = %lease.holder.host, pid = lease.holder.pid, version = %lease.holder.version,
                token = lease.fence.0, "another process holds the scheduler lock"
            );
        }
        *seen = Some(Seen { lease: lease.clone(), since: uptime() });
    }

    /// For how long the lease that was last noted has been seen unchanged; nothing if none was.
    pub(super) fn unchanged_for(&self) -> Duration {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref().map_or(Duration::ZERO, |seen| uptime().saturating_sub(seen.since))
    }
}
