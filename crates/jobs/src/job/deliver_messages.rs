//! Sends messages that wait, every second, where the scheduler lock is. Not queued: a message is a row that waits until it is
//! taken or given up.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::model::Fence;
use bangui_domain::model::notify::{Outcome, Waiting};
use bangui_domain::service::Courier;
use futures::future::join_all;

use super::notify::failed;
use super::{Job, JobError, JobSpec, When};

/// Sends messages.
pub struct DeliverMessages {
    courier: Arc<Courier>,
}

impl DeliverMessages {
    /// Sends through `courier`.
    pub fn new(courier: Arc<Courier>) -> Self {
        Self { courier }
    }

    async fn one(&self, fence: Fence, waiting: &Waiting) -> Result<(), JobError> {
        let outcome = self.courier.send(fence, waiting).await.map_err(|error| failed(&error))?;
        let channel = waiting.channel.as_ref().map_or("", |channel| channel.spec.name.as_str());
        let number = waiting.id.0;
        match outcome {
            Outcome::Sent(_) => tracing::debug!(number, channel, "message sent"),
            Outcome::Again(answer, _) => {
                tracing::debug!(
                    number,
                    channel,
                    "a message was not taken, and is sent again: {}",
                    answer.text
                );
            }
            Outcome::GivenUp(answer) => {
                tracing::warn!(number, channel, "a message was given up: {}", answer.text);
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Job for DeliverMessages {
    fn spec(&self) -> JobSpec {
        JobSpec {
            name: "deliver_messages",
            about: "sends the messages of notifications, again where that failed",
            when: When::Every(Duration::from_secs(1)),
            max_attempts: 1,
            timeout: Duration::from_mins(5),
        }
    }

    async fn run(&self, fence: Option<Fence>) -> Result<(), JobError> {
        let Some(fence) = fence else { return Ok(()) };
        let due = self.courier.due().await.map_err(|error| failed(&error))?;
        let sent = join_all(due.iter().map(|waiting| self.one(fence, waiting))).await;
        sent.into_iter().collect()
    }
}
