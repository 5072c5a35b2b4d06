//! The shapes that receivers understand. Where a receiver reads marks in text, every mark of ours and of strangers stands for
//! itself; where it can be told to call nobody, it is told.

use bangui_domain::model::notify::{Digest, Preset, Webhook};
use serde_json::{Value, json};

use super::template::{TemplateProcess, Unrendered};
use super::{clean, template, wording};

/// What is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) content_type: &'static str,
    pub(super) text: String,
}

/// How many characters of text a receiver takes, with some left for what is not counted here.
const fn longest(preset: Preset) -> usize {
    match preset {
        Preset::Discord => 1_900,
        Preset::Slack | Preset::Ntfy => 3_000,
        Preset::Telegram => 4_000,
        Preset::Teams | Preset::Gotify | Preset::Json | Preset::OwnJson | Preset::OwnText => 8_000,
    }
}

/// What a channel sends of a message; a user's own template that cannot be used says why.
pub(super) async fn of(
    templates: &TemplateProcess,
    webhook: &Webhook,
    digest: &Digest,
) -> Result<Body, Unrendered> {
    if webhook.preset.is_own() {
        return templates.render(webhook, digest).await;
    }
    Ok(shaped(webhook, digest))
}

/// What a channel without a template sends.
fn shaped(webhook: &Webhook, digest: &Digest) -> Body {
    let most = longest(webhook.preset);
    let title = wording::title(digest);
    let json = |value: &Value| Body { content_type: "application/json", text: value.to_string() };
    match webhook.preset {
        Preset::Slack => json(&json!({ "text": whole(digest, most, clean::slack), "mrkdwn": false })),
        Preset::Discord => json(&json!({
            "content": whole(digest, most, clean::markdown),
            "allowed_mentions": { "parse": [] },
        })),
        Preset::Teams => json(&teams(digest, most)),
        Preset::Telegram => json(&json!({
            "chat_id": webhook.recipient,
            "text": whole(digest, most, clean::uncalled),
            "link_preview_options": { "is_disabled": true },
        })),
        Preset::Ntfy => Body { content_type: "text/plain", text: whole(digest, most, str::to_owned) },
        Preset::Gotify => json(&json!({
            "title": title,
            "message": cut(wording::lines(digest), most, str::to_owned),
            "priority": 5,
            "extras": { "client::display": { "contentType": "text/plain" } },
        })),
        Preset::Json | Preset::OwnJson | Preset::OwnText => json(&template::context(digest)),
    }
}

/// Title and lines in one text; one line where they say the same.
pub(super) fn whole(digest: &Digest, most: usize, escape: fn(&str) -> String) -> String {
    let (title, mut lines) = (wording::title(digest), wording::lines(digest));
    if lines.first() != Some(&title) {
        lines.insert(0, title);
    }
    lines.push(wording::signature(digest));
    cut(lines, most, escape)
}

/// Lines as one text that is not too long: none is cut in its middle, where an escape may stand.
fn cut(lines: Vec<String>, most: usize, escape: fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut length: usize = 0;
    for line in lines {
        let line = escape(&line);
        length = length.saturating_add(line.chars().count()).saturating_add(1);
        if length > most {
            text.push_str("\n…");
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&line);
    }
    text
}

/// An adaptive card, as workflows of Teams take it. A block for each line: Teams runs lines together otherwise.
fn teams(digest: &Digest, most: usize) -> Value {
    let text = whole(digest, most, clean::markdown);
    let blocks: Vec<Value> = text
        .lines()
        .enumerate()
        .map(|(number, line)| {
            let weight = if number == 0 { "Bolder" } else { "Default" };
            json!({ "type": "TextBlock", "text": line, "wrap": true, "weight": weight, "spacing": "Small" })
        })
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": blocks,
            },
        }],
    })
}

#[cfg(test)]
mod tests {
    use bangui_domain::model::Timestamp;
    use bangui_domain::model::notify::{Digest, Note, Preset, SecretText, Webhook};
    use serde_json::Value;

    use super::shaped;

    const NOW: Timestamp = Timestamp::from_secs(1_795_458_708);

    fn webhook(preset: Preset) -> Webhook {
        let (url, recipient) = (SecretText::new("https://hooks.test/x"), Some("42".to_owned()));
        Webhook { preset, url, token: None, recipient, template: None }
    }

    fn hostile() -> Digest {
        let jail = "\"}],\"x\":\"@everyone <!channel> [a](http://b) **c**\n\u{202E}".to_owned();
        Digest { notes: vec![Note::Silent { jail, hours: 1 }], ..Digest::test("r\"@here", "a", NOW) }
    }

    /// All text of a value.
    fn texts(value: &Value) -> String {
        match value {
            Value::String(text) => format!("{text}\n"),
            Value::Array(values) => values.iter().map(texts).collect(),
            Value::Object(values) => values.values().map(texts).collect(),
            _ => String::new(),
        }
    }

    #[test]
    fn hostile_text_stays_text_in_every_shape() {
        for preset in Preset::ALL.into_iter().filter(|preset| !preset.is_own()) {
            let body = shaped(&webhook(preset), &hostile());
            if body.content_type == "text/plain" {
                assert!(!body.text.contains('\u{202E}'), "{body:?}");
                continue;
            }
            let value: Value = serde_json::from_str(&body.text).expect("JSON");
            assert!(value.get("x").is_none(), "{value}");
            let text = texts(&value);
            assert!(!text.contains('\u{202E}') && text.contains("has banned nobody"), "{preset:?}: {text}");
            let is_chat =
                matches!(preset, Preset::Slack | Preset::Discord | Preset::Teams | Preset::Telegram);
            if is_chat {
                for mark in ["@everyone", "@here", "http://b"] {
                    assert!(!text.contains(mark), "{preset:?}: {text}");
                }
            }
            assert!(preset != Preset::Slack || !text.contains('<'), "{text}");
            if matches!(preset, Preset::Discord | Preset::Teams) {
                assert!(text.contains("\\*\\*c") && text.contains("\\[a\\]"), "{preset:?}: {text}");
            }
        }
    }

    #[test]
    fn nothing_is_longer_than_its_receiver_takes() {
        let note = Note::Silent { jail: "\\".repeat(500), hours: 1 };
        let digest = Digest { notes: vec![note; 20], count: 20, ..Digest::test("r", "a", NOW) };
        for (preset, field, most) in [
            (Preset::Discord, "content", 2_000),
            (Preset::Telegram, "text", 4_096),
            (Preset::Slack, "text", 4_000),
        ] {
            let body = shaped(&webhook(preset), &digest);
            let value: Value = serde_json::from_str(&body.text).expect("JSON");
            let text = value[field].as_str().expect("text");
            assert!(text.chars().count() <= most && text.ends_with('…'), "{preset:?} {}", text.len());
        }
    }

    #[test]
    fn programs_get_everything() {
        let body = shaped(&webhook(Preset::Json), &Digest::example(NOW));
        let value: Value = serde_json::from_str(&body.text).expect("JSON");
        assert_eq!(value["title"], "3 bans by sshd");
        assert_eq!(value["notes"][0]["ip"], "192.0.2.7");
        assert_eq!(value["notes"][0]["at"], "2026-11-23T18:30:48Z");
        assert_eq!((&value["count"], &value["jails"]["sshd"]), (&3.into(), &3.into()));
    }
}
