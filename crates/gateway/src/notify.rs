//! Messages to people: put into words, into the shape that a receiver understands, and sent, over HTTP or as mail. Knows
//! neither rules nor the log of deliveries.

mod body;
mod clean;
mod mail;
mod template;
mod webhook;
mod wording;

use async_trait::async_trait;
use bangui_domain::FieldError;
use bangui_domain::model::notify::{Answer, Channel, ChannelSpec, Digest, Way};
use bangui_domain::ports::{Messenger, Preview, Undelivered};

use crate::Outgoing;

/// Sends messages through channels.
pub struct Postman {
    outgoing: Outgoing,
}

impl Postman {
    /// Sends through `outgoing`, and nowhere that it would not.
    pub fn new(outgoing: Outgoing) -> Self {
        Self { outgoing }
    }
}

#[async_trait]
impl Messenger for Postman {
    async fn problems(&self, spec: &ChannelSpec) -> Vec<FieldError> {
        match &spec.way {
            Way::Webhook(webhook) => webhook::problems(&self.outgoing, webhook).await,
            Way::Email(email) => mail::problems(&self.outgoing, email).await,
        }
    }

    fn preview(&self, spec: &ChannelSpec, digest: &Digest) -> Result<Preview, FieldError> {
        match &spec.way {
            Way::Webhook(webhook) => {
                let body = body::of(webhook, digest).map_err(|text| FieldError::new("template", text))?;
                Ok(Preview { content_type: body.content_type, body: body.text })
            }
            Way::Email(_) => {
                let body = format!("Subject: {}\n\n{}", mail::subject(digest), mail::text(digest));
                Ok(Preview { content_type: "text/plain", body })
            }
        }
    }

    async fn send(&self, channel: &Channel, delivery: &str, digest: &Digest) -> Result<Answer, Undelivered> {
        match &channel.spec.way {
            Way::Webhook(webhook) => webhook::send(&self.outgoing, webhook, delivery, digest).await,
            Way::Email(email) => mail::send(&self.outgoing, email, delivery, digest).await,
        }
    }
}
