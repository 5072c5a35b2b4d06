//! Where messages go.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// The row number of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelId(pub i64);

/// A token, a password, or an address that holds one. Printed as `***`; serialised as it is, for the database alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What a webhook's receiver understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Slack, Mattermost and Rocket.Chat.
    Slack,
    /// Discord.
    Discord,
    /// Microsoft Teams, through a workflow.
    Teams,
    /// A bot of Telegram.
    Telegram,
    /// ntfy.
    Ntfy,
    /// Gotify.
    Gotify,
    /// Programs: everything that is known, as JSON.
    Json,
    /// A template of one's own that makes JSON.
    OwnJson,
    /// A template of one's own that makes plain text.
    OwnText,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 9] = [
        Self::Slack,
        Self::Discord,
        Self::Teams,
        Self::Telegram,
        Self::Ntfy,
        Self::Gotify,
        Self::Json,
        Self::OwnJson,
        Self::OwnText,
    ];

    /// The word used in the API and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Teams => "teams",
            Self::Telegram => "telegram",
            Self::Ntfy => "ntfy",
            Self::Gotify => "gotify",
            Self::Json => "json",
            Self::OwnJson => "own_json",
            Self::OwnText => "own_text",
        }
    }

    /// Whether the channel brings its own template.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::OwnJson | Self::OwnText)
    }
}

/// A message is sent to an address over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// What its receiver understands.
    pub preset: Preset,
    /// Where it is sent to; for most receivers the address is the secret.
    pub url: SecretText,
    /// Sent in a header, where the receiver asks for one.
    pub token: Option<SecretText>,
    /// Whom the receiver is to pass it on to (Telegram's `chat_id`).
    pub recipient: Option<String>,
    /// One's own template.
    pub template: Option<String>,
}

/// How a connection to a mail server is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS, or nothing at all.
    Starttls,
    /// None: for a relay of one's own network.
    None,
}

/// A message is sent as mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is guarded.
    pub security: MailSecurity,
    /// The account, where it asks for one.
    pub user: Option<String>,
    /// The account's password.
    pub password: Option<SecretText>,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
}

/// How a channel sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Way {
    /// Over HTTP.
    Webhook(Webhook),
    /// As mail.
    Email(Email),
}

/// What a user says of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelSpec {
    /// What it is called; unique.
    pub name: String,
    /// How it sends.
    pub way: Way,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its number, which is never used again.
    pub id: ChannelId,
    /// What a user says of it.
    pub spec: ChannelSpec,
    /// When it was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::SecretText;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", SecretText::new("s3cret")), "***");
    }
}
