//! What users set up: channels and rules. Each change is written to the audit trail before it is made, without secrets.

use std::sync::Arc;

use super::{ChannelOrder, checks};
use crate::model::notify::{
    Answer, Channel, ChannelId, Delivery, DeliveryQuery, Digest, Rule, RuleId, RuleSpec,
};
use crate::model::{AuditAction, AuditEntry, Page, ServerId};
use crate::ports::{
    AuditLog, ChannelDeleted, Clock, Messenger, Outbox, Preview, RuleStore, StoreError, Undelivered,
};
use crate::service::Caller;
use crate::{FieldError, ServiceError};

/// The most channels, and the most rules: each rule costs a little every second.
const MOST: usize = 100;

/// What came of trying a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// Whether the receiver has taken the message.
    pub sent: bool,
    /// What it said, or why it said nothing.
    pub answer: Answer,
    /// How long that took, in milliseconds.
    pub took_millis: i64,
}

/// Channels, rules, and the log of deliveries.
pub struct Notifications {
    server: ServerId,
    store: Arc<dyn RuleStore>,
    outbox: Arc<dyn Outbox>,
    messenger: Arc<dyn Messenger>,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
}

impl Notifications {
    /// Over `store`; what users do is written to `audit`.
    pub fn new(
        server: ServerId,
        store: Arc<dyn RuleStore>,
        outbox: Arc<dyn Outbox>,
        messenger: Arc<dyn Messenger>,
        audit: Arc<dyn AuditLog>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { server, store, outbox, messenger, audit, clock }
    }

    /// All channels.
    pub async fn channels(&self) -> Result<Vec<Channel>, ServiceError> {
        Ok(self.store.channels().await?)
    }

    /// Makes a channel, or changes one.
    pub async fn save_channel(
        &self,
        id: Option<ChannelId>,
        order: ChannelOrder,
        caller: &Caller,
    ) -> Result<Channel, ServiceError> {
        let channels = self.store.channels().await?;
        let stored = match id {
            Some(id) => Some(channel(&channels, id)?),
            None if channels.len() >= MOST => {
                return Err(ServiceError::field("name", format!("there are {MOST} channels already")));
            }
            None => None,
        };
        let mut problems: Vec<FieldError> = checks::name(&order.name).into_iter().collect();
        let spec = match order.complete(stored.map(|stored| &stored.spec)) {
            Ok(spec) => spec,
            Err(problem) => {
                problems.push(problem);
                return Err(ServiceError::Invalid(problems));
            }
        };
        problems.extend(self.messenger.problems(&spec).await);
        if !problems.is_empty() {
            return Err(ServiceError::Invalid(problems));
        }
        if channels.iter().any(|other| other.spec.name == spec.name && Some(other.id) != id) {
            return Err(ServiceError::NameTaken(spec.name));
        }
        let what = if id.is_some() { "changed" } else { "made" };
        self.record(format!("channel {}", spec.name), what, caller).await?;
        let saved = self.store.save_channel(id, &spec, self.clock.now()).await;
        saved.map_err(|error| match (error, id) {
            (StoreError::Conflict(_), _) => ServiceError::NameTaken(spec.name),
            (StoreError::NotFound, Some(id)) => ServiceError::ChannelNotFound(id.0),
            (error, _) => error.into(),
        })
    }

    /// Deletes a channel that no rule uses.
    pub async fn delete_channel(&self, id: ChannelId, caller: &Caller) -> Result<(), ServiceError> {
        let channels = self.store.channels().await?;
        let name = &channel(&channels, id)?.spec.name;
        let in_use = |rule| Err(ServiceError::ChannelInUse { channel: name.clone(), rule });
        let rules = self.store.rules().await?;
        if let Some(user) = rules.into_iter().find(|rule| rule.spec.channels.contains(&id)) {
            return in_use(user.spec.name);
        }
        self.record(format!("channel {name}"), "deleted", caller).await?;
        match self.store.delete_channel(id).await? {
            ChannelDeleted::Yes => Ok(()),
            ChannelDeleted::NotFound => Err(ServiceError::ChannelNotFound(id.0)),
            ChannelDeleted::UsedBy(rule) => in_use(rule),
        }
    }

    /// Sends a message through a channel at once, and tells what its receiver says.
    pub async fn test(&self, id: ChannelId, caller: &Caller) -> Result<TestResult, ServiceError> {
        let channels = self.store.channels().await?;
        let channel = channel(&channels, id)?;
        self.record(format!("channel {}", channel.spec.name), "tested", caller).await?;
        let began = self.clock.uptime();
        let digest = Digest::test(&channel.spec.name, &caller.user, self.clock.now());
        let (sent, answer) = match self.messenger.send(channel, "test", &digest).await {
            Ok(answer) => (true, answer),
            Err(Undelivered { answer, .. }) => (false, answer),
        };
        let took = self.clock.uptime().saturating_sub(began);
        let took_millis = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        Ok(TestResult { sent, answer, took_millis })
    }

    /// What a channel that is not saved yet would make of a message.
    pub async fn preview(&self, order: ChannelOrder) -> Result<Preview, ServiceError> {
        let invalid = |problem| ServiceError::Invalid(vec![problem]);
        let spec = order.complete(None).map_err(invalid)?;
        self.messenger.preview(&spec, &Digest::example(self.clock.now())).await.map_err(invalid)
    }

    /// All rules.
    pub async fn rules(&self) -> Result<Vec<Rule>, ServiceError> {
        Ok(self.store.rules().await?)
    }

    /// Makes a rule, or changes one.
    pub async fn save_rule(
        &self,
        id: Option<RuleId>,
        mut spec: RuleSpec,
        caller: &Caller,
    ) -> Result<Rule, ServiceError> {
        spec.name = spec.name.trim().to_owned();
        let rules = self.store.rules().await?;
        match id {
            Some(id) if rules.iter().all(|rule| rule.id != id) => {
                return Err(ServiceError::RuleNotFound(id.0));
            }
            None if rules.len() >= MOST => {
                return Err(ServiceError::field("name", format!("there are {MOST} rules already")));
            }
            _ => {}
        }
        let problems = checks::rule(&spec, &self.store.channels().await?);
        if !problems.is_empty() {
            return Err(ServiceError::Invalid(problems));
        }
        if rules.iter().any(|other| other.spec.name == spec.name && Some(other.id) != id) {
            return Err(ServiceError::NameTaken(spec.name));
        }
        let what = if id.is_some() { "changed" } else { "made" };
        self.record(format!("rule {}", spec.name), what, caller).await?;
        let saved = self.store.save_rule(id, &spec, self.clock.now()).await;
        saved.map_err(|error| match error {
            StoreError::Conflict(_) => ServiceError::NameTaken(spec.name),
            StoreError::NotFound => {
                ServiceError::field("channels", "one of them, or the rule, was deleted meanwhile")
            }
            error => error.into(),
        })
    }

    /// Deletes a rule. What it has gathered is not sent; messages that wait are.
    pub async fn delete_rule(&self, id: RuleId, caller: &Caller) -> Result<(), ServiceError> {
        let rules = self.store.rules().await?;
        let rule = rules.iter().find(|rule| rule.id == id).ok_or(ServiceError::RuleNotFound(id.0))?;
        self.record(format!("rule {}", rule.spec.name), "deleted", caller).await?;
        if self.store.delete_rule(id).await? { Ok(()) } else { Err(ServiceError::RuleNotFound(id.0)) }
    }

    /// Some deliveries, newest first.
    pub async fn deliveries(&self, query: &DeliveryQuery) -> Result<Page<Delivery>, ServiceError> {
        Ok(self.outbox.deliveries(query).await?)
    }

    async fn record(&self, subject: String, detail: &str, caller: &Caller) -> Result<(), ServiceError> {
        let entry = AuditEntry {
            server: self.server.clone(),
            at: self.clock.now(),
            user: Some(caller.user.clone()),
            address: caller.address,
            action: AuditAction::Notification,
            subject: Some(subject),
            detail: Some(detail.to_owned()),
        };
        Ok(self.audit.record(&entry).await?)
    }
}

fn channel(channels: &[Channel], id: ChannelId) -> Result<&Channel, ServiceError> {
    channels.iter().find(|channel| channel.id == id).ok_or(ServiceError::ChannelNotFound(id.0))
}
