//! Channels as they are asked for, with their secrets.

use bangui_domain::ServiceError;
use bangui_domain::model::notify::{MailSecurity as KnownSecurity, Preset as KnownPreset, SecretText};
use bangui_domain::service::{ChannelOrder, WayOrder};
use serde::Deserialize;
use utoipa::ToSchema;

use super::channel::{MailSecurity, Preset};
use crate::wire::field::Fields;

/// The words for how a connection is guarded.
const SECURITIES: [(&str, KnownSecurity); 3] =
    [("tls", KnownSecurity::Tls), ("starttls", KnownSecurity::Starttls), ("none", KnownSecurity::None)];

/// How a channel is to send. When one is changed, a secret that is left out stays as it is, unless it would go somewhere
/// else; an empty one is taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ChannelSettingsRequest {
    /// Over HTTP.
    Webhook {
        /// What its receiver understands.
        #[schema(value_type = Preset)]
        preset: String,
        /// Where to.
        #[schema(example = "https://hooks.example.net/services/T0/B0/secret")]
        url: Option<String>,
        /// For Gotify the token of the application, for others what is sent as a bearer token.
        token: Option<String>,
        /// For Telegram the chat's id, for others nothing.
        recipient: Option<String>,
        /// For `own_json` and `own_text` a template in the language of Jinja.
        template: Option<String>,
    },
    /// As mail.
    Email {
        /// The mail server.
        #[schema(example = "mail.example.net")]
        host: String,
        /// Its port.
        #[schema(example = 465)]
        port: u16,
        /// How the connection is guarded.
        #[schema(value_type = MailSecurity)]
        security: String,
        /// The account.
        user: Option<String>,
        /// Its password.
        password: Option<String>,
        /// From whom.
        #[schema(example = "bangui@example.net")]
        from: String,
        /// To whom.
        to: Vec<String>,
    },
}

impl ChannelSettingsRequest {
    fn order(self) -> Result<WayOrder, ServiceError> {
        let mut fields = Fields::default();
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let secret = |text: Option<String>| text.map(SecretText::new);
        match self {
            Self::Webhook { preset, url, token, recipient, template } => {
                let words = KnownPreset::ALL.map(KnownPreset::as_str).join(", ");
                let read = |word: &str| KnownPreset::ALL.into_iter().find(|known| known.as_str() == word);
                let preset = fields.word("preset", Some(&preset), &words, read);
                fields.finish()?;
                let preset = preset.unwrap_or(KnownPreset::Json);
                let (recipient, template) = (filled(recipient), filled(template));
                Ok(WayOrder::Webhook { preset, url: secret(url), token: secret(token), recipient, template })
            }
            Self::Email { host, port, security, user, password, from, to } => {
                let words = SECURITIES.map(|(word, _)| word).join(", ");
                let read = |word: &str| SECURITIES.into_iter().find(|known| known.0 == word);
                let security = fields.word("security", Some(&security), &words, read);
                fields.finish()?;
                let security = security.map_or(KnownSecurity::Tls, |(_, security)| security);
                let (user, password) = (filled(user), secret(password));
                Ok(WayOrder::Email { host: host.trim().to_owned(), port, security, user, password, from, to })
            }
        }
    }
}

/// A channel to be made, or as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelRequest {
    /// What it is called, unlike all others.
    #[schema(example = "Operators")]
    name: String,
    /// How it sends.
    settings: ChannelSettingsRequest,
}

impl ChannelRequest {
    pub(crate) fn order(self) -> Result<ChannelOrder, ServiceError> {
        Ok(ChannelOrder { name: self.name, way: self.settings.order()? })
    }
}

/// A channel to be looked at before it is saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewRequest {
    /// How it is to send; secrets are not needed.
    settings: ChannelSettingsRequest,
}

impl PreviewRequest {
    pub(crate) fn order(self) -> Result<ChannelOrder, ServiceError> {
        let mut way = self.settings.order()?;
        if let WayOrder::Webhook { url, .. } = &mut way {
            url.get_or_insert_with(|| SecretText::new("https://preview.invalid/"));
        }
        Ok(ChannelOrder { name: String::new(), way })
    }
}
