//! Messages to people: put into words, into the shape that a receiver understands, and sent, over HTTP or as mail. Knows
//! neither rules nor the log of deliveries.

mod body;
mod clean;
mod mail;
mod reply;
mod template;
mod webhook;
mod wording;

use async_trait::async_trait;
use bangui_domain::FieldError;
use bangui_domain::model::notify::{Answer, Channel, ChannelSpec, Digest, Way};
use bangui_domain::ports::{Messenger, Preview, Undelivered};

use crate::Outgoing;
use template::Unrendered;

pub use template::{TemplateProcess, render_template};

/// Sends messages through channels.
pub struct Postman {
    outgoing: Outgoing,
    templates: TemplateProcess,
}

impl Postman {
    /// Sends through `outgoing`, and nowhere that it would not. Templates of users are rendered by `templates`.
    pub fn new(outgoing: Outgoing, templates: TemplateProcess) -> Self {
        Self { outgoing, templates }
    }
}

#[async_trait]
impl Messenger for Postman {
    async fn problems(&self, spec: &ChannelSpec) -> Vec<FieldError> {
        match &spec.way {
            Way::Webhook(webhook) => webhook::problems(&self.outgoing, &self.templates, webhook).await,
            Way::Email(email) => mail::problems(&self.outgoing, email).await,
        }
    }

    async fn preview(&self, spec: &ChannelSpec, digest: &Digest) -> Result<Preview, FieldError> {
        match &spec.way {
            Way::Webhook(webhook) => {
                let body = body::of(&self.templates, webhook, digest).await;
                let body = body.map_err(|why| FieldError::new("template", why.into_text()))?;
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
            Way::Webhook(webhook) => {
                let body = body::of(&self.templates, webhook, digest).await.map_err(unrendered)?;
                webhook::send(&self.outgoing, webhook, delivery, body).await
            }
            Way::Email(email) => mail::send(&self.outgoing, email, delivery, digest).await,
        }
    }
}

/// A template that cannot be used now cannot be used later; a machine that could not try it can.
fn unrendered(why: Unrendered) -> Undelivered {
    let may_pass = matches!(why, Unrendered::Machine(_));
    let answer = Answer { status: None, text: format!("the template: {}", why.into_text()) };
    Undelivered { answer, may_pass, retry_after_secs: None }
}
