//! The way out of messages.

use async_trait::async_trait;

use crate::FieldError;
use crate::model::notify::{Answer, Channel, ChannelSpec, Digest};

/// A message that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// What the receiver said, or why it said nothing.
    pub answer: Answer,
    /// Whether another try may work.
    pub may_pass: bool,
    /// After how many seconds the receiver asks to be tried again.
    pub retry_after_secs: Option<u32>,
}

/// What a channel would send, for people to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// `application/json` or `text/plain`.
    pub content_type: &'static str,
    /// The body; a mail with its subject.
    pub body: String,
}

/// Puts messages into words, and sends them.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Everything that is wrong with a channel as far as can be said without sending, its address included.
    async fn problems(&self, spec: &ChannelSpec) -> Vec<FieldError>;

    /// What a channel makes of a message.
    async fn preview(&self, spec: &ChannelSpec, digest: &Digest) -> Result<Preview, FieldError>;

    /// Sends a message once. `delivery` tells a message that comes twice from two messages.
    async fn send(&self, channel: &Channel, delivery: &str, digest: &Digest) -> Result<Answer, Undelivered>;
}
