//! What is remembered of notifications: channels, rules, where the rules stand, and the messages.

use async_trait::async_trait;

use super::StoreError;
use crate::model::notify::{
    Channel, ChannelId, ChannelSpec, Deliveries, Delivery, DeliveryId, DeliveryQuery, NotifyState, Outcome,
    Rule, RuleId, RuleSpec, Waiting,
};
use crate::model::{EventId, Fence, Page, ServerId, Timestamp};

/// What came of deleting a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelDeleted {
    /// It is gone.
    Yes,
    /// There was none.
    NotFound,
    /// The rule of this name uses it.
    UsedBy(String),
}

/// Keeps channels and rules.
#[async_trait]
pub trait RuleStore: Send + Sync {
    /// All channels, by name.
    async fn channels(&self) -> Result<Vec<Channel>, StoreError>;

    /// Makes a channel, or changes the one with this number. [`StoreError::Conflict`] if the name is taken,
    /// [`StoreError::NotFound`] if there is no such channel.
    async fn save_channel(
        &self,
        id: Option<ChannelId>,
        spec: &ChannelSpec,
        now: Timestamp,
    ) -> Result<Channel, StoreError>;

    /// Deletes a channel that no rule uses.
    async fn delete_channel(&self, id: ChannelId) -> Result<ChannelDeleted, StoreError>;

    /// All rules, by name.
    async fn rules(&self) -> Result<Vec<Rule>, StoreError>;

    /// Makes a rule, or changes the one with this number. [`StoreError::Conflict`] if the name is taken,
    /// [`StoreError::NotFound`] if there is no such rule, or a channel of it is gone.
    async fn save_rule(
        &self,
        id: Option<RuleId>,
        spec: &RuleSpec,
        now: Timestamp,
    ) -> Result<Rule, StoreError>;

    /// Deletes a rule; whether there was one.
    async fn delete_rule(&self, id: RuleId) -> Result<bool, StoreError>;
}

/// Where the rules stand after the events up to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The last event that was looked at.
    pub seen: EventId,
    /// Where the rules stand.
    pub state: NotifyState,
}

/// Keeps where the rules stand, and messages until long after they were sent.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Where the rules stand; `None` before the first look.
    async fn progress(&self, server: &ServerId) -> Result<Option<Progress>, StoreError>;

    /// Writes down where the rules stand now, and the messages that follow from it, in one transaction, so that each
    /// event is told once however often a process dies. [`StoreError::StaleFence`] if the lock has changed hands.
    async fn advance(
        &self,
        server: &ServerId,
        fence: Fence,
        progress: &Progress,
        messages: &[Deliveries],
    ) -> Result<(), StoreError>;

    /// Deliveries that are due at `now`: for each channel the oldest that waits, if it is due.
    async fn due(&self, now: Timestamp, limit: u16) -> Result<Vec<Waiting>, StoreError>;

    /// Writes down that a try begins, before it is made: what ends the process is counted, too. [`StoreError::StaleFence`]
    /// if the lock has changed hands.
    async fn begin(&self, fence: Fence, id: DeliveryId) -> Result<(), StoreError>;

    /// Writes down what came of a try at `now`. [`StoreError::StaleFence`] if the lock has changed hands.
    async fn settle(
        &self,
        fence: Fence,
        id: DeliveryId,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Some deliveries, newest first.
    async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<Delivery>, StoreError>;

    /// Forgets some of the deliveries that ended before this time; how many. 0 when there are no more.
    async fn forget(&self, fence: Fence, before: Timestamp) -> Result<u64, StoreError>;
}
