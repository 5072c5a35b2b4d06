//! Messages over HTTP.

use std::time::Duration;

use bangui_domain::FieldError;
use bangui_domain::model::Timestamp;
use bangui_domain::model::notify::{Answer, Digest, Preset, SecretText, Webhook};
use bangui_domain::ports::Undelivered;

use super::body::Body;
use super::clean;
use super::template::TemplateProcess;
use crate::{Outgoing, OutgoingError, OutgoingRequest, OutgoingResponse};

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer is looked at, in bytes.
const LOOKED_AT: usize = 2_048;
/// The longest address, token or recipient, in characters.
const FIELD_CHARS: usize = 2_000;

/// Everything that is wrong with a webhook.
pub(super) async fn problems(
    outgoing: &Outgoing,
    templates: &TemplateProcess,
    webhook: &Webhook,
) -> Vec<FieldError> {
    let mut problems = Vec::new();
    let mut bad = |field, text: &str| problems.push(FieldError::new(field, text));
    if let Err(error) = outgoing.check_now(webhook.url.expose()).await {
        bad("url", &error.to_string());
    }
    let token = webhook.token.as_ref().map(SecretText::expose);
    if webhook.preset == Preset::Gotify && token.is_none() {
        bad("token", "is missing: Gotify shows one for each application");
    }
    if token.is_some_and(|token| !token.bytes().all(|byte| byte.is_ascii_graphic())) {
        bad("token", "has blanks or other characters that a header cannot carry");
    }
    let recipient = webhook.recipient.as_deref().unwrap_or_default();
    if webhook.preset == Preset::Telegram && recipient.trim().is_empty() {
        bad("recipient", "is missing: write the chat's id, such as -1001234567890, or @channel");
    }
    for (field, text) in
        [("url", webhook.url.expose()), ("token", token.unwrap_or_default()), ("recipient", recipient)]
    {
        if text.chars().count() > FIELD_CHARS {
            bad(field, &format!("at most {FIELD_CHARS} characters, please"));
        }
    }
    let template = webhook.template.as_deref().unwrap_or_default();
    if !webhook.preset.is_own() && !template.is_empty() {
        bad("template", "is for own_json and own_text alone");
    } else if webhook.preset.is_own() && template.trim().is_empty() {
        bad("template", "is missing");
    } else if webhook.preset.is_own()
        && let Err(why) =
            templates.render(webhook, &Digest::example(Timestamp::from_secs(1_700_000_000))).await
    {
        bad("template", &why.into_text());
    }
    problems
}

/// Sends a message once.
pub(super) async fn send(
    outgoing: &Outgoing,
    webhook: &Webhook,
    delivery: &str,
    body: Body,
) -> Result<Answer, Undelivered> {
    let mut request = OutgoingRequest::post(webhook.url.expose(), body.text.into_bytes())
        .header("Content-Type", format!("{}; charset=utf-8", body.content_type))
        .header("X-BanGUI-Delivery", delivery)
        .timeout(PATIENCE);
    if let Some(token) = &webhook.token {
        request = match webhook.preset {
            Preset::Gotify => request.header("X-Gotify-Key", token.expose()),
            _ => request.header("Authorization", format!("Bearer {}", token.expose())),
        };
    }
    let answer = outgoing.send(request).await.map_err(|error| unsent(&error))?;
    judge(webhook, answer).await
}

/// Whether an answer means that the message was taken.
async fn judge(webhook: &Webhook, response: OutgoingResponse) -> Result<Answer, Undelivered> {
    let (status, is_public) = (response.status(), response.is_public());
    let asked = retry_after(response.header("retry-after"), response.header("date"));
    // What the status says stands, also where the rest of the answer does not come.
    let beginning = response.beginning(LOOKED_AT).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&beginning);
    let said = clean::piece(&without_secrets(webhook, text.trim()));
    let answer = Answer { status: Some(status), text: shown(is_public, said) };
    if (200..300).contains(&status) {
        return Ok(answer);
    }
    let may_pass = matches!(status, 408 | 425 | 429) || status >= 500;
    Err(Undelivered { answer, may_pass, retry_after_secs: asked.or_else(|| telegrams(&text)) })
}

/// What is shown of what a server says. That of one within a network which strangers cannot reach is for the log: whoever may
/// set a channel could have the pages of its services read out otherwise.
fn shown(is_public: bool, said: String) -> String {
    if is_public || said.is_empty() {
        return said;
    }
    tracing::debug!("a receiver that is not public says: {said}");
    "what it says is in BanGUI's log at debug, since it is no public server".to_owned()
}

fn unsent(error: &OutgoingError) -> Undelivered {
    let answer = Answer { status: None, text: error.to_string() };
    Undelivered { answer, may_pass: error.may_pass(), retry_after_secs: None }
}

pub(super) fn for_good(text: String) -> Undelivered {
    Undelivered { answer: Answer { status: None, text }, may_pass: false, retry_after_secs: None }
}

/// `Retry-After` in seconds: a number, or a time that the server's own `Date` makes one of.
fn retry_after(header: Option<&str>, date: Option<&str>) -> Option<u32> {
    let header = header?.trim();
    if let Ok(secs) = header.parse::<f64>() {
        // Some send fractions. Anything beyond the range is as good as its end.
        return jiff::SignedDuration::try_from_secs_f64(secs.ceil().clamp(0.0, 1e9))
            .ok()
            .and_then(|span| u32::try_from(span.as_secs()).ok());
    }
    let at = |text: &str| jiff::fmt::rfc2822::parse(text.trim()).ok().map(|at| at.timestamp().as_second());
    let secs = at(header)?.checked_sub(at(date?)?)?;
    u32::try_from(secs).ok()
}

/// Telegram tells it within the answer alone.
fn telegrams(text: &str) -> Option<u32> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    u32::try_from(value.get("parameters")?.get("retry_after")?.as_u64()?).ok()
}

/// The answer of a server that repeats what it was sent.
fn without_secrets(webhook: &Webhook, text: &str) -> String {
    let url = webhook.url.expose();
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let parts = path.split(['/', '?', '&', '=']).filter(|part| part.len() >= 8);
    let secrets = [Some(url), Some(path), webhook.token.as_ref().map(SecretText::expose)];
    let secrets = secrets.into_iter().flatten().chain(parts).filter(|secret| secret.len() >= 4);
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
}

#[cfg(test)]
mod tests {
    use bangui_domain::model::notify::{Preset, SecretText, Webhook};

    use super::{retry_after, shown, telegrams, without_secrets};

    #[test]
    fn only_public_servers_are_quoted() {
        assert_eq!(shown(true, "no such token".to_owned()), "no such token");
        assert_eq!(shown(false, String::new()), "");
        assert!(!shown(false, "root:x:0".to_owned()).contains("root"));
    }

    #[test]
    fn when_to_try_again_is_understood_in_every_form() {
        let date = Some("Mon, 23 Nov 2026 18:31:48 GMT");
        for (header, date, secs) in [
            (Some("120"), None, Some(120)),
            (Some(" 0.35 "), None, Some(1)),
            (Some("-5"), None, Some(0)),
            (Some("1e300"), None, Some(1_000_000_000)),
            (Some("NaN"), None, None),
            (Some("Mon, 23 Nov 2026 18:32:48 GMT"), date, Some(60)),
            (Some("Mon, 23 Nov 2026 18:32:48 GMT"), None, None),
            (Some("Mon, 23 Nov 2026 18:30:48 GMT"), date, None),
            (Some("later"), date, None),
            (None, date, None),
        ] {
            assert_eq!(retry_after(header, date), secs, "{header:?}");
        }
        assert_eq!(telegrams(r#"{"ok":false,"parameters":{"retry_after":7}}"#), Some(7));
        assert_eq!(telegrams("busy"), None);
    }

    #[test]
    fn an_answer_that_repeats_a_secret_is_shown_without_it() {
        let webhook = Webhook {
            preset: Preset::Json,
            url: SecretText::new("https://hooks.test/services/T0K3N5ECRET?key=abcdefghij"),
            token: Some(SecretText::new("t0ken-of-mine")),
            recipient: None,
            template: None,
        };
        let said = "no /services/T0K3N5ECRET?key=abcdefghij, T0K3N5ECRET abcdefghij t0ken-of-mine here";
        let shown = without_secrets(&webhook, said);
        for secret in ["T0K3N5ECRET", "abcdefghij", "t0ken-of-mine"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.starts_with("no /") && shown.ends_with(" here"), "{shown}");
    }
}
