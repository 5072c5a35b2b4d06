//! Questions about the history.

use std::sync::Arc;

use crate::ServiceError;
use crate::model::{BanEvent, EventId, EventQuery, Page, ServerId};
use crate::ports::BanStore;

/// Reads the history.
pub struct EventService {
    server: ServerId,
    store: Arc<dyn BanStore>,
}

impl EventService {
    /// Over the history of `server`.
    pub fn new(server: ServerId, store: Arc<dyn BanStore>) -> Self {
        Self { server, store }
    }

    /// Some of the history, newest first.
    pub async fn find(&self, query: &EventQuery) -> Result<Page<BanEvent>, ServiceError> {
        Ok(self.store.find_events(query).await?)
    }

    /// The newest event; 0 if there is none.
    pub async fn newest(&self) -> Result<EventId, ServiceError> {
        Ok(self.store.newest_event(&self.server).await?)
    }

    /// What was recorded behind `after`, oldest first: for a live stream that was cut.
    pub async fn after(&self, after: EventId, limit: u16) -> Result<Vec<BanEvent>, ServiceError> {
        Ok(self.store.events_after(&self.server, after, limit).await?)
    }
}
