//! What a user asks for when making or changing a channel. Secrets are never shown, so a change may leave them out: then
//! they stay, unless they would go somewhere else than before.

use crate::FieldError;
use crate::model::notify::{ChannelSpec, Email, MailSecurity, Preset, SecretText, Way, Webhook};

/// A channel to be made or changed.
#[derive(Debug, Clone)]
pub struct ChannelOrder {
    /// What it is called.
    pub name: String,
    /// How it sends.
    pub way: WayOrder,
}

/// How a channel is to send. A secret that is `None` stays as it is, one that is empty is taken away.
#[derive(Debug, Clone)]
pub enum WayOrder {
    /// Over HTTP.
    Webhook {
        /// What its receiver understands.
        preset: Preset,
        /// Where to.
        url: Option<SecretText>,
        /// Sent in a header.
        token: Option<SecretText>,
        /// Whom the receiver is to pass it on to.
        recipient: Option<String>,
        /// One's own template.
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
        /// Its password.
        password: Option<SecretText>,
        /// From whom.
        from: String,
        /// To whom.
        to: Vec<String>,
    },
}

impl ChannelOrder {
    /// The channel that is meant, with the secrets of the `stored` one where it leaves them out.
    pub(super) fn complete(self, stored: Option<&ChannelSpec>) -> Result<ChannelSpec, FieldError> {
        let way = match self.way {
            WayOrder::Webhook { preset, url, token, recipient, template } => {
                let before = stored.and_then(|stored| match &stored.way {
                    Way::Webhook(webhook) => Some(webhook),
                    Way::Email(_) => None,
                });
                let kept_url = before.map(|before| before.url.clone());
                let is_same = url.is_none() || url == kept_url;
                let url = url.or(kept_url).filter(|url| !url.expose().trim().is_empty());
                let url = url.ok_or_else(|| FieldError::new("url", "is missing"))?;
                let kept = before.and_then(|before| before.token.clone());
                let token = kept_or_new("token", token, kept, is_same)?;
                Way::Webhook(Webhook { preset, url, token, recipient, template })
            }
            WayOrder::Email { host, port, security, user, password, from, to } => {
                let before = stored.and_then(|stored| match &stored.way {
                    Way::Email(email) => Some(email),
                    Way::Webhook(_) => None,
                });
                let is_same = before.is_some_and(|before| {
                    (&before.host, before.port, before.security, &before.user)
                        == (&host, port, security, &user)
                });
                let kept = before.and_then(|before| before.password.clone());
                let password = kept_or_new("password", password, kept, is_same)?;
                Way::Email(Email { host, port, security, user, password, from, to })
            }
        };
        Ok(ChannelSpec { name: self.name.trim().to_owned(), way })
    }
}

/// A secret must not be sent to another place because a change left it out.
fn kept_or_new(
    field: &'static str,
    new: Option<SecretText>,
    kept: Option<SecretText>,
    is_same_place: bool,
) -> Result<Option<SecretText>, FieldError> {
    match (new, kept) {
        (Some(new), _) if new.expose().is_empty() => Ok(None),
        (Some(new), _) => Ok(Some(new)),
        (None, Some(_)) if !is_same_place => Err(FieldError::new(
            field,
            "has to be written again, since it would go to another place than before",
        )),
        (None, kept) => Ok(kept),
    }
}

#[cfg(test)]
mod tests {
    use super::{ChannelOrder, ChannelSpec, MailSecurity, Preset, SecretText, Way, WayOrder};

    fn webhook(url: Option<&str>, token: Option<&str>) -> ChannelOrder {
        let (url, token) = (url.map(SecretText::new), token.map(SecretText::new));
        let way = WayOrder::Webhook { preset: Preset::Gotify, url, token, recipient: None, template: None };
        ChannelOrder { name: " ops ".to_owned(), way }
    }

    fn mail(host: &str, security: MailSecurity, password: Option<&str>) -> ChannelOrder {
        let way = WayOrder::Email {
            host: host.to_owned(),
            port: 465,
            security,
            user: Some("u".to_owned()),
            password: password.map(SecretText::new),
            from: "a@example.net".to_owned(),
            to: Vec::new(),
        };
        ChannelOrder { name: "mail".to_owned(), way }
    }

    fn secret(spec: &ChannelSpec) -> Option<&str> {
        match &spec.way {
            Way::Webhook(webhook) => webhook.token.as_ref().map(SecretText::expose),
            Way::Email(email) => email.password.as_ref().map(SecretText::expose),
        }
    }

    #[test]
    fn what_is_left_out_stays() {
        let stored = webhook(Some("https://a.example/x"), Some("t")).complete(None).unwrap();
        assert_eq!((stored.name.as_str(), secret(&stored)), ("ops", Some("t")));
        assert_eq!(webhook(None, None).complete(Some(&stored)).unwrap(), stored);
        let cleared = webhook(None, Some("")).complete(Some(&stored)).unwrap();
        assert_eq!(secret(&cleared), None);
        assert_eq!(webhook(None, None).complete(None).unwrap_err().field, "url");
    }

    #[test]
    fn a_secret_that_was_left_out_goes_nowhere_else() {
        let stored = webhook(Some("https://a.example/x"), Some("t")).complete(None).unwrap();
        let moved = webhook(Some("https://b.example/x"), None).complete(Some(&stored));
        assert_eq!(moved.unwrap_err().field, "token");
        let moved = webhook(Some("https://b.example/x"), Some("u")).complete(Some(&stored)).unwrap();
        assert_eq!(secret(&moved), Some("u"));
        let stored = mail("m.example", MailSecurity::Tls, Some("p")).complete(None).unwrap();
        assert_eq!(mail("m.example", MailSecurity::Tls, None).complete(Some(&stored)).unwrap(), stored);
        for (host, security) in [("n.example", MailSecurity::Tls), ("m.example", MailSecurity::None)] {
            let moved = mail(host, security, None).complete(Some(&stored));
            assert_eq!(moved.unwrap_err().field, "password");
        }
    }
}
