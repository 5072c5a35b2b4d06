//! Tells recorded ban events to those who watch this process: each once, in the order of their numbers, whichever
//! process recorded them. It reads them from the store, where an event with a lower number never appears after one
//! with a higher. Knows no notices and no timers: it is told when to look.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::Watch;
use crate::ServiceError;
use crate::model::{EventId, ServerId};
use crate::ports::{BanStore, StoreError};

/// Events read at a time.
const PAGE: u16 = 1_000;

/// Tells events to one process's [`Watch`].
pub struct Feed {
    server: ServerId,
    store: Arc<dyn BanStore>,
    watch: Arc<Watch>,
    /// The newest event that was told, or that was there before.
    told: Mutex<EventId>,
}

impl Feed {
    /// Tells `watch` what is recorded of `server` from now on.
    pub async fn begin(
        server: ServerId,
        store: Arc<dyn BanStore>,
        watch: Arc<Watch>,
    ) -> Result<Self, StoreError> {
        let told = Mutex::new(store.newest_event(&server).await?);
        Ok(Self { server, store, watch, told })
    }

    /// Who is told.
    pub fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    /// Tells everything that was recorded and not told yet; answers how many events.
    pub async fn catch_up(&self) -> Result<usize, ServiceError> {
        let mut told = self.told.lock().await;
        let mut count: usize = 0;
        loop {
            let page = self.store.events_after(&self.server, *told, PAGE).await?;
            let full = page.len() >= usize::from(PAGE);
            count = count.saturating_add(page.len());
            if let Some(newest) = page.last() {
                *told = newest.id;
            }
            self.watch.recorded(page);
            if !full {
                return Ok(count);
            }
        }
    }

    /// As [`Feed::catch_up`], but reads nothing if the event `newest` was told already.
    pub async fn catch_up_to(&self, newest: EventId) -> Result<usize, ServiceError> {
        if *self.told.lock().await >= newest {
            return Ok(0);
        }
        self.catch_up().await
    }
}
