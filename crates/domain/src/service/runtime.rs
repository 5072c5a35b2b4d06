//! One run-time state for all replicas: the leader publishes what it sees of fail2ban, the others take it over while
//! it is fresh. Knows no timers: it is told when to publish and when to look.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::Watch;
use crate::ServiceError;
use crate::model::{Fence, ServerId};
use crate::ports::{Clock, RuntimeStore};

/// How long a published state is good for, in milliseconds. The leader publishes each second; where nothing has come
/// for this long there is no leader, and each replica asks fail2ban itself.
pub const FRESH_MILLIS: i64 = 3_000;

/// Publishes and follows the state of one fail2ban server.
pub struct Runtime {
    server: ServerId,
    store: Option<Arc<dyn RuntimeStore>>,
    watch: Arc<Watch>,
    clock: Arc<dyn Clock>,
    /// By the clock that nobody can set.
    fresh_until: RwLock<Option<Duration>>,
}

impl Runtime {
    /// Publishes what `watch` knows, or brings it what the leader knows. Without `store` this process is the only one:
    /// nothing is published, and nothing is ever fresh.
    pub fn new(
        server: ServerId,
        store: Option<Arc<dyn RuntimeStore>>,
        watch: Arc<Watch>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { server, store, watch, clock, fresh_until: RwLock::new(None) }
    }

    /// Whose state it is.
    pub fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    /// Publishes what this process knows, as the leader under `fence`. Nothing is published before fail2ban was asked.
    pub async fn publish(&self, fence: Fence) -> Result<(), ServiceError> {
        let (Some(store), Some(state)) = (&self.store, self.watch.runtime()) else { return Ok(()) };
        Ok(store.publish(&self.server, fence, &state).await?)
    }

    /// Takes over what the leader has published, if that is fresh.
    pub async fn follow(&self) -> Result<(), ServiceError> {
        let Some(store) = &self.store else { return Ok(()) };
        let asked = self.clock.uptime();
        let published = store.published(&self.server).await?;
        let left = published.as_ref().map_or(0, |found| FRESH_MILLIS - found.published_millis_ago.max(0));
        *self.fresh_until.write().unwrap_or_else(PoisonError::into_inner) =
            u64::try_from(left).ok().map(|left| asked.saturating_add(Duration::from_millis(left)));
        if let Some(found) = published.filter(|_| left > 0) {
            self.watch.follow(found.state);
        }
        Ok(())
    }

    /// Whether the state that was taken over is still fresh, so that fail2ban need not be asked.
    pub fn is_fresh(&self) -> bool {
        let fresh_until = *self.fresh_until.read().unwrap_or_else(PoisonError::into_inner);
        fresh_until.is_some_and(|until| self.clock.uptime() < until)
    }
}
