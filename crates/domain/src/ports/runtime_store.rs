//! The run-time state as the leader publishes it for the other replicas.

use async_trait::async_trait;

use super::StoreError;
use crate::model::{Fence, RuntimeState, ServerId};

/// What was last published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The state; its age has grown since.
    pub state: RuntimeState,
    /// How long ago it was published, in milliseconds of the database's time: how long nothing was heard of the leader.
    pub published_millis_ago: i64,
}

/// Keeps the last state for each fail2ban server. All times are the database's own.
#[async_trait]
pub trait RuntimeStore: Send + Sync {
    /// Puts `state` in the place of the one before and sends [`super::Notice::State`]. [`StoreError::StaleFence`] if
    /// the scheduler lock has changed hands.
    async fn publish(&self, server: &ServerId, fence: Fence, state: &RuntimeState) -> Result<(), StoreError>;

    /// What was last published; `None` if nothing was, or if it cannot be read because another version wrote it.
    async fn published(&self, server: &ServerId) -> Result<Option<Published>, StoreError>;
}
