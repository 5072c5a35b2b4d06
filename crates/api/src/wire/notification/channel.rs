//! Channels as they are told. Secrets do not go out: an answer tells whether there is one.

use bangui_domain::model::notify::{
    Channel as Known, Email, MailSecurity as KnownSecurity, Preset as KnownPreset, Way, Webhook,
};
use bangui_domain::ports::Preview;
use bangui_domain::service::TestResult;
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::time::rfc3339;

/// What a webhook's receiver understands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Preset {
    /// Slack, Mattermost, Rocket.Chat.
    Slack,
    /// Discord.
    Discord,
    /// Microsoft Teams, through a workflow.
    Teams,
    /// A bot of Telegram: `https://api.telegram.org/bot<token>/sendMessage`.
    Telegram,
    /// ntfy: the address of a topic.
    Ntfy,
    /// Gotify: `https://gotify.example/message`.
    Gotify,
    /// Programs: everything that is known, as JSON.
    Json,
    /// A template of one's own that makes JSON.
    OwnJson,
    /// A template of one's own that makes plain text.
    OwnText,
}

impl From<KnownPreset> for Preset {
    fn from(preset: KnownPreset) -> Self {
        match preset {
            KnownPreset::Slack => Self::Slack,
            KnownPreset::Discord => Self::Discord,
            KnownPreset::Teams => Self::Teams,
            KnownPreset::Telegram => Self::Telegram,
            KnownPreset::Ntfy => Self::Ntfy,
            KnownPreset::Gotify => Self::Gotify,
            KnownPreset::Json => Self::Json,
            KnownPreset::OwnJson => Self::OwnJson,
            KnownPreset::OwnText => Self::OwnText,
        }
    }
}

/// How a connection to a mail server is guarded.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MailSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS, or nothing at all.
    Starttls,
    /// None.
    None,
}

impl From<KnownSecurity> for MailSecurity {
    fn from(security: KnownSecurity) -> Self {
        match security {
            KnownSecurity::Tls => Self::Tls,
            KnownSecurity::Starttls => Self::Starttls,
            KnownSecurity::None => Self::None,
        }
    }
}

/// How a channel sends, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ChannelSettings {
    /// Over HTTP.
    Webhook {
        /// What its receiver understands.
        preset: Preset,
        /// The server in its address; the rest may be a secret and is not shown.
        #[schema(example = "hooks.example.net")]
        server: String,
        /// Whether a token is sent.
        has_token: bool,
        /// Whom the receiver is to pass it on to.
        recipient: Option<String>,
        /// Its own template.
        template: Option<String>,
    },
    /// As mail.
    Email {
        /// The mail server.
        host: String,
        /// Its port.
        port: u16,
        /// How the connection is guarded.
        security: MailSecurity,
        /// The account.
        user: Option<String>,
        /// Whether there is a password.
        has_password: bool,
        /// From whom.
        from: String,
        /// To whom.
        to: Vec<String>,
    },
}

impl From<Way> for ChannelSettings {
    fn from(way: Way) -> Self {
        match way {
            Way::Webhook(Webhook { preset, url, token, recipient, template }) => Self::Webhook {
                preset: preset.into(),
                server: server(url.expose()),
                has_token: token.is_some(),
                recipient,
                template,
            },
            Way::Email(Email { host, port, security, user, password, from, to }) => Self::Email {
                host,
                port,
                security: security.into(),
                user,
                has_password: password.is_some(),
                from,
                to,
            },
        }
    }
}

/// The server within an address, with its port.
fn server(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default().to_owned()
}

/// A channel that messages go through.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Channel {
    /// Its number.
    id: i64,
    /// What it is called.
    #[schema(example = "Operators")]
    name: String,
    /// How it sends.
    settings: ChannelSettings,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Known> for Channel {
    fn from(channel: Known) -> Self {
        Self {
            id: channel.id.0,
            name: channel.spec.name,
            settings: channel.spec.way.into(),
            created_at: rfc3339(channel.created_at),
        }
    }
}

/// All channels.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChannelList {
    /// The channels, by name.
    items: Vec<Channel>,
    /// Always null: channels come on one page.
    next: Option<String>,
}

impl From<Vec<Known>> for ChannelList {
    fn from(channels: Vec<Known>) -> Self {
        Self { items: channels.into_iter().map(Channel::from).collect(), next: None }
    }
}

/// What a channel would send.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewResponse {
    /// What the body is.
    #[schema(example = "application/json")]
    content_type: &'static str,
    /// The body that an example of a message becomes.
    body: String,
}

impl From<Preview> for PreviewResponse {
    fn from(preview: Preview) -> Self {
        Self { content_type: preview.content_type, body: preview.body }
    }
}

/// What came of trying a channel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChannelTestResponse {
    /// Whether the receiver has taken the message.
    sent: bool,
    /// The status of its answer, of HTTP or SMTP; null if there was none.
    #[schema(example = 200)]
    status: Option<u16>,
    /// How its answer begins, or why there was none.
    answer: String,
    /// How long it took, in milliseconds.
    took_ms: i64,
}

impl From<TestResult> for ChannelTestResponse {
    fn from(result: TestResult) -> Self {
        Self {
            sent: result.sent,
            status: result.answer.status,
            answer: result.answer.text,
            took_ms: result.took_millis,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::server;

    #[test]
    fn nothing_but_the_server_of_an_address_is_shown() {
        for (url, shown) in [
            ("https://hooks.example/T0/s3cret", "hooks.example"),
            ("https://hooks.example:8443?key=s3cret", "hooks.example:8443"),
            ("https://[2001:db8::1]:1/s3cret#x", "[2001:db8::1]:1"),
            ("https:\\\\hooks.example\\s3cret", "https:"),
        ] {
            assert_eq!(server(url), shown);
        }
    }
}
